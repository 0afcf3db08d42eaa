import { spawn } from 'node:child_process';
import { outsideEnvironment, program } from './outside.ts';

export interface Moto {
  url: string;
  close(): Promise<void>;
}

/** moto's server on a free port, with an empty account 123456789012. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(program('moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
    env: outsideEnvironment(''),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const [, told] = /Running on (http:\S+)/.exec(said) ?? [];
      if (told) resolve(told);
    });
    child.once('close', () => reject(new Error(`moto ended: ${said}`)));
  });
  return {
    url,
    async close() {
      process.off('exit', killed);
      child.kill('SIGTERM');
      await closed;
    },
  };
}
