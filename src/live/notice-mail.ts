import { createTransport } from 'nodemailer';
import { NotDelivered } from '../ports/notices.ts';
import { trustedAuthorities } from './authorities.ts';
import type { Reaching, Sending } from './notice-sending.ts';

/** Each part of the conversation with the server may take so long. */
const PART_MS = 10_000;

/** Commands before the message itself: what fails at them has sent nothing. */
const BEFORE_DATA = /^(CONN|EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO)/;

interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

/** Sends a mail over SMTP. */
export const sendMail = (sending: Sending<'email'>): Promise<undefined> =>
  withServer(sending, async (transport) => {
    const { host, from, to } = sending.channel;
    const { alsoTo, ...mail } = sending.message;
    const { rejected = [] } = await transport.sendMail({ from, to: [...new Set([...to, ...alsoTo])], ...mail });
    if (rejected.length === 0) return;
    throw new NotDelivered(
      `${host} refused ${rejected.map(String).join(', ')}. The other recipients have the message.`,
      {
        passes: false,
      },
    );
  });

/** Greets the server of a channel and logs in, and sends no mail. */
export const greetServer = (reaching: Reaching<'email'>): Promise<undefined> =>
  withServer(reaching, async (transport) => void (await transport.verify()));

async function withServer(
  { channel, secret, signal }: Reaching<'email'>,
  work: (transport: ReturnType<typeof createTransport>) => Promise<void>,
): Promise<undefined> {
  const { host, port, tls, login } = channel;
  const ca = await trustedAuthorities();
  const auth = login && { user: login.user, pass: await secret(login.password) };
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    ...(auth && { auth }),
    ...(ca && { tls: { ca } }),
    connectionTimeout: PART_MS,
    greetingTimeout: PART_MS,
    socketTimeout: PART_MS,
    dnsTimeout: PART_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const close = () => transport.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await work(transport);
    return undefined;
  } catch (cause) {
    throw cause instanceof NotDelivered ? cause : inWords(cause as SmtpError, host);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

function inWords(cause: SmtpError, host: string): Error {
  const { responseCode, command = '', message, code } = cause;
  const text = `${host}: ${message}`;
  if (responseCode !== undefined)
    return new NotDelivered(text, { passes: responseCode >= 400 && responseCode < 500, cause });
  if (BEFORE_DATA.test(command) || code === 'EDNS' || code === 'ETLS')
    return new NotDelivered(text, { passes: code !== 'EAUTH' && code !== 'ETLS', cause });
  return new Error(text, { cause });
}
