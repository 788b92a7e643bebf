/** Lets the scrub know how many conversations are under way, so that it can step aside. */
import type { Foreground } from '../repair/foreground.ts';
import type { Handler, Handlers, OpenerName } from './handler.ts';

export function watchHandlers(handlers: Handlers, foreground: Foreground): Handlers {
  const watched = Object.entries(handlers).map(([name, handler]): [string, Handler<OpenerName>] => [
    name,
    (body, connection, signal) => foreground.during((handler as Handler<OpenerName>)(body, connection, signal)),
  ]);
  return Object.fromEntries(watched) as unknown as Handlers;
}
