/**
 * Compares names, not bytes: what the catalogue refers to with what stands in blobs/. What is referred to and not there is
 * owed from then on; what is there and referred to by nothing goes back to staging, from where only a logged operation removes it. No
 * blob is unlinked here, and none is read.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import type { BlobId } from '@netstore/shared-types';
import { missing } from '../blobs/blob-file.ts';
import { SHARDS } from '../blobs/blob-path.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, CensusTaken } from '../catalogue/catalogue.ts';
import type { Applier } from '../replication/applier.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import type { FaultCounts } from './fault-counts.ts';
import type { Quarantine } from './quarantine.ts';

const PAGE_BLOBS = 1024;
const POLL_MS = 20;

export interface CensusOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly applier: Applier;
  readonly quarantine: Quarantine;
  readonly counts: FaultCounts;
  readonly logger: Logger;
}

/** Puts blobs/ in order, then says what this node has, all of it at one seq. */
export async function takeCensus(options: CensusOptions, signal: AbortSignal): Promise<CensusTaken> {
  for (const shard of SHARDS) {
    signal.throwIfAborted();
    await compareShard(shard, options, signal);
    await nextTurn();
  }
  return retryWhileBusy(() => options.catalogue.proof.census());
}

async function compareShard(shard: string, options: CensusOptions, signal: AbortSignal): Promise<void> {
  const { blobs, counts, logger } = options;
  // Names first: a blob that comes in meanwhile is then referred to and looked for once more, never taken for a stray.
  const { blobIds, foreign } = await blobs.kept(shard);
  for (const name of foreign) {
    if (!(await blobs.quarantineForeign(shard, name))) continue;
    counts.countStray();
    logger.error({ folder: shard, name }, 'a file in blobs/ is no blob: it was moved to quarantine');
  }
  const unexplained = new Set(blobIds);
  await ownReferenced(shard, unexplained, options);
  if (unexplained.size > 0) await moveStrays([...unexplained], options, signal);
}

/** Takes those that are referred to out of `unexplained`, and owes those that are not where they should be. */
async function ownReferenced(shard: string, unexplained: Set<BlobId>, { blobs, catalogue, quarantine }: CensusOptions): Promise<void> {
  let after = beforeShard(shard);
  for (;;) {
    const page = await retryWhileBusy(() => catalogue.blobsAfter(after, PAGE_BLOBS));
    for (const { blobId } of page) {
      if (!blobId.startsWith(shard)) return;
      // A blob may be good and still stand in staging, if the disk was too full to move it.
      if (!unexplained.delete(blobId) && !(await blobs.keep(blobId))) await quarantine.take(blobId, missing(blobId), 'scrub');
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.blobId;
  }
}

/** The highest id below those of the shard; null when there is none. */
function beforeShard(shard: string): BlobId | null {
  const index = SHARDS.indexOf(shard);
  return index === 0 ? null : ((SHARDS[index - 1] as string).padEnd(32, 'f') as BlobId);
}

/** What a group of records has just let go may still be on its way out: only what is unexplained after that is a stray. */
async function moveStrays(
  suspects: readonly BlobId[],
  { blobs, catalogue, applier, counts, logger }: CensusOptions,
  signal: AbortSignal,
): Promise<void> {
  const { seq } = catalogue.applied;
  while (applier.appliedSeq < seq) await sleep(POLL_MS, undefined, { signal });
  const referenced = await retryWhileBusy(() => catalogue.isReferenced(suspects));
  // What a record let go is unlinked on that record's word, here or where it is moved to.
  const gone = await retryWhileBusy(() => catalogue.trash.unlinkGone(suspects));
  for (const blobId of suspects) {
    if (referenced.has(blobId) || gone.has(blobId) || !(await blobs.unkeep(blobId))) continue;
    counts.countStray();
    logger.error({ blobId }, 'nothing refers to a blob in blobs/: it was moved back to staging');
  }
}
