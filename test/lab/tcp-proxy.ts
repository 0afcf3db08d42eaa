import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Address {
  host: string;
  port: number;
}

/** What becomes of the nth connection: it breaks in the middle of what was asked, or nothing more comes. */
export type TcpTrouble = (nth: number) => 'reset' | 'silence' | undefined;

/** So many times a client has spoken by when its login to PostgreSQL over TLS is done, and it asks something. */
const SPOKEN = 6;

/** Stands before a server on one address and plays faults on its connections. */
export async function startTcpProxy(options: {
  at: Address;
  target: () => Address;
  trouble: TcpTrouble | undefined;
}): Promise<{ port: number; struck(): number; close(): void }> {
  const { at, target, trouble } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  let struck = 0;
  const listener = createServer({ noDelay: true }, (client) => {
    connections += 1;
    const fate = trouble?.(connections);
    const server = connect({ ...target(), noDelay: true });
    const reset = () => {
      for (const socket of [client, server]) {
        socket.resetAndDestroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [client, server])
      sockets.add(socket.on('error', reset).on('close', () => sockets.delete(socket)));
    let spoken = 0;
    let isSilent = false;
    client.on('data', (bytes) => {
      spoken += 1;
      server.write(bytes);
      if (spoken !== SPOKEN || !fate) return;
      struck += 1;
      isSilent = true;
      // The server has the question, and its answer is lost.
      if (fate === 'reset') server.once('data', reset);
    });
    server.on('data', (bytes) => {
      if (!isSilent && !client.destroyed) client.write(bytes);
    });
    client.on('end', () => server.end());
    server.on('end', () => client.end());
  });
  listener.listen(at.port, at.host);
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    struck: () => struck,
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
