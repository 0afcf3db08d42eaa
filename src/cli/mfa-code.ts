import { atKeyboard } from './keyboard.ts';

/** Asks for the code of an MFA device, where someone sits at a terminal who can type it. */
export function mfaCodeHere(): ((device: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY) return undefined;
  return (device) =>
    atKeyboard({}, async (ask) => {
      for (let complaint = ''; ; complaint = 'Six digits are needed. ') {
        const code = (await ask(`${complaint}MFA code of ${device}: `)).replace(/\s/g, '');
        if (/^\d{6}$/.test(code)) return code;
      }
    });
}
