/** Asks the operating system, by listening for a moment, whether one could listen. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** The code of the error that listening ends in, or undefined when it works. */
export async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
