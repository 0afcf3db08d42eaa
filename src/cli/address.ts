import { DrillError } from '../errors.ts';
import type { Address } from '../server/listening.ts';

/** Host and port, as `--listen` has them. */
export function address(text: string, example: string): Address {
  const [, host = '', port = ''] = /^(?:\[([\da-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)?.filter(Boolean) ?? [];
  if (host === '' || Number(port) > 65_535) {
    throw new DrillError('bad-address', `${text} is no address to listen on.`, {
      hint: `Give host and port, as --listen ${example}; port 0 takes any that is free.`,
    });
  }
  return { host, port: Number(port) };
}
