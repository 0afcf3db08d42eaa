import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode } from 'dns-packet';

/** Addresses, and how long resolvers may keep them; nothing, for a name that there is not. */
export type Zone = (name: string) => Promise<{ addresses: string[]; ttlSeconds: number } | undefined>;

/** A name server on loopback whose answers are asked for again with every query. */
export async function startDnsServer(zone: Zone): Promise<{ address: string; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', async (message, from) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (!question) return;
    const name = question.name.toLowerCase();
    const found = await zone(name).catch(() => undefined);
    const answers: Answer[] =
      found && question.type === 'A'
        ? found.addresses.map((data) => ({ type: 'A', name: question.name, ttl: found.ttlSeconds, data }))
        : [];
    const NXDOMAIN = 3;
    const AUTHORITATIVE = 1 << 10;
    const flags = AUTHORITATIVE | (found ? 0 : NXDOMAIN);
    socket.send(encode({ type: 'response', id: id ?? 0, flags, questions, answers }), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, close: () => void socket.close() };
}
