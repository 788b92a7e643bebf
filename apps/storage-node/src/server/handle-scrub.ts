/** Scrub: how far this node is in proving what it holds; begins a round, or compares names, when it is told to. */
import type { Scrub } from '../repair/scrub.ts';
import type { Handler } from './handler.ts';

export function scrubHandler({ scrub }: { readonly scrub: Scrub }): Handler<'SCRUB'> {
  return async ({ action }, connection, signal) => {
    if (action === 'start') scrub.begin();
    if (action === 'verify') await scrub.takeCensus(signal);
    await connection.send('SCRUB_STATE', scrub.state);
  };
}
