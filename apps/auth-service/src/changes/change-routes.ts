/** `GET /v1/changes`: what a gateway has to ask again, as server-sent events, for as long as it listens. */
import { type Change, NetStoreError } from '@netstore/shared-types';
import type { FastifyInstance } from 'fastify';
import { NoQuery } from '../http.ts';
import type { Changes } from './changes.ts';

const LISTENERS_MAX = 64;
/** A gateway takes a longer silence for a dead connection. */
const SIGN_OF_LIFE_MS = 2_000;
/** A gateway that reads nothing is cut off: it forgets all it knows when it comes back. */
const BACKLOG_BYTES_MAX = 256 * 1024;

export async function changeRoutes(app: FastifyInstance, { changes }: { changes: Changes }): Promise<void> {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of open) end();
  });

  app.get('/v1/changes', { schema: { querystring: NoQuery } }, async (_request, reply) => {
    if (open.size >= LISTENERS_MAX) throw new NetStoreError('NS_BUSY', `${LISTENERS_MAX} gateways listen already`);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
    const write = (text: string): void => {
      if (raw.writableLength > BACKLOG_BYTES_MAX) raw.destroy();
      else raw.write(text);
    };
    write(': listening\n\n');
    const timer = setInterval(() => write(': here\n\n'), SIGN_OF_LIFE_MS);
    const forget = changes.listen((change: Change) => write(`data: ${JSON.stringify(change)}\n\n`));
    const end = (): void => void raw.end();
    open.add(end);
    raw.on('close', () => {
      clearInterval(timer);
      forget();
      open.delete(end);
    });
    return reply;
  });
}
