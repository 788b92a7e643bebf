/**
 * Works off debt: blobs that applied records refer to and that this node does not hold. Oldest first, a few at a time,
 * round after round for as long as there are any. Blobs that nobody gives hold up none of those behind them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, DebtPosition } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import type { Arrivals } from './arrivals.ts';
import { fetchBlob } from './fetch-blob.ts';
import type { Peer } from './peers.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { whenAborted } from './when-aborted.ts';

/** Blobs fetched at once: two streams fill a link, more only fight over the disk. */
const AT_ONCE = 4;
const RETRY_MS = 1_000;

export interface CatchUpOptions {
  readonly applier: Applier;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly arrivals: Arrivals;
  /** Whom to ask, in this order. */
  readonly sources: () => readonly Peer[];
  readonly logger: Logger;
  /** The debt got smaller. */
  readonly onSettled: () => void;
}

export async function catchUp(options: CatchUpOptions, signal: AbortSignal): Promise<void> {
  const { applier, catalogue } = options;
  const aborted = whenAborted(signal);
  let after: DebtPosition | undefined;
  while (!signal.aborted) {
    const changed = applier.changed.next();
    if (applier.debt.blobs === 0) {
      await Promise.race([changed, aborted]);
      continue;
    }
    const owed = await retryWhileBusy(() => catalogue.nextDebt(AT_ONCE, after));
    const last = owed.at(-1);
    // Behind the last one the next round begins, with what was passed over.
    after = last === undefined ? undefined : { seq: last.seq, blobId: last.blobId };
    if (!(await settleSome(owed, options, signal))) await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether any blob came in. */
async function settleSome(owed: readonly BlobRef[], options: CatchUpOptions, signal: AbortSignal): Promise<boolean> {
  const { applier, catalogue, logger, onSettled } = options;
  const failures = await Promise.all(owed.map((ref) => obtain(ref, options, signal)));
  const failure = failures.find((error) => error !== undefined);
  if (failure !== undefined && !signal.aborted)
    logger.warn({ code: failure.code, reason: failure.message, blobs: owed.length }, 'missing blobs could not be fetched yet');
  const settled = owed.filter((_, index) => failures[index] === undefined);
  if (settled.length === 0) return false;
  const blobIds = settled.map((ref) => ref.blobId);
  await retryWhileBusy(() => catalogue.settleDebt(blobIds));
  // A purge may have freed one while it came in: then its file was not there yet to be unlinked.
  await retryWhileBusy(() => catalogue.trash.unlinkGone(blobIds));
  await applier.refreshDebt();
  onSettled();
  return true;
}

/** Undefined when the blob is here now, else why it is not. */
async function obtain(ref: BlobRef, options: CatchUpOptions, signal: AbortSignal): Promise<NetStoreError | undefined> {
  const { blobs, arrivals, sources } = options;
  try {
    await arrivals.settled(ref.blobId);
    if (await blobs.keep(ref.blobId)) return undefined;
    await fetchBlob(ref, blobs, sources(), signal);
    if (await blobs.keep(ref.blobId)) return undefined;
    return new NetStoreError('NS_BLOB_MISSING', `Blob ${ref.blobId} was fetched and is gone again`);
  } catch (thrown) {
    return toNetStoreError(thrown);
  }
}
