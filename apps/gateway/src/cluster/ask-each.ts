/** Asks one node after the other until one answers. One that says nothing is passed over soon, unless it is the last. */
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';

const NEXT_AFTER_MS = 1_000;

export type EachWork<Answer> = (connection: Connection, signal: AbortSignal) => Promise<Answer>;

/** Throws `NS_UNAVAILABLE`, naming each node and its reason, when none of them answers. */
export async function askEach<Answer>(links: readonly NodeLink[], signal: AbortSignal, work: EachWork<Answer>): Promise<Answer> {
  const reasons: string[] = [];
  for (const link of links) {
    const attemptSignal = link === links.at(-1) ? signal : AbortSignal.any([signal, AbortSignal.timeout(NEXT_AFTER_MS)]);
    try {
      return await link.converse((connection) => work(connection, attemptSignal), attemptSignal);
    } catch (thrown) {
      signal.throwIfAborted();
      reasons.push(`${link.id}: ${toNetStoreError(thrown).message}`);
    }
  }
  throw new NetStoreError('NS_UNAVAILABLE', `No node answered: ${reasons.join('; ')}`);
}
