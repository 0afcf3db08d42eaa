import { laidOut } from '../layout.ts';
import type { Terminal } from './terminal.ts';

/** Shows what is being asked and typed, below everything else; nothing any more, without lines. */
export type Typing = (lines: string[]) => void;

/** The last line of a terminal whose other lines stay. */
export function typingLine(terminal: Pick<Terminal, 'err' | 'width'>): { set: Typing; hide(): void; show(): void } {
  const { err } = terminal;
  let shown: string[] = [];
  const clear = () => err('\r\u001b[2K');
  const typed = () => shown.at(-1) ?? '';
  return {
    set(wanted) {
      const lines = wanted.flatMap((line) => laidOut(line, terminal.width).split('\n'));
      if (shown.length > 0) clear();
      // What does not change while someone types stays above.
      for (const line of lines.slice(0, -1)) if (!shown.includes(line)) err(`${line}\n`);
      shown = lines;
      err(typed());
    },
    hide: () => shown.length > 0 && clear(),
    show: () => err(typed()),
  };
}
