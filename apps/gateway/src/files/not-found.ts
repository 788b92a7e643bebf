/** What to say when an answer has nothing in it. An answer that may be old cannot say that nothing is there. */
import { NetStoreError } from '@netstore/shared-types';

export function notFound(what: string, isStale: boolean): NetStoreError {
  if (!isStale) return new NetStoreError('NS_NOT_FOUND', `There is no such ${what} that you may see`);
  return new NetStoreError(
    'NS_UNAVAILABLE',
    `The primary does not answer, and the nodes that do know of no such ${what}: it may be newer than what they know`,
  );
}
