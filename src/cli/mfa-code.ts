import { createInterface } from 'node:readline/promises';

/** Asks for the code of an MFA device, where somebody sits at a terminal who can type it. */
export function mfaCodeHere(): ((device: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY) return undefined;
  return async (device) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return (await lines.question(`MFA code of ${device}: `)).trim();
    } finally {
      lines.close();
    }
  };
}
