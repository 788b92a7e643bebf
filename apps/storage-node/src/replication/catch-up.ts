/**
 * Works off debt: blobs that applied records refer to and that this node does not hold. Oldest first, a few at a time,
 * round after round for as long as there are any. Blobs that nobody gives hold up none of those behind them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { DebtPosition, MissingBlob } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import type { Arrivals } from './arrivals.ts';
import { fetchBlob } from './fetch-blob.ts';
import type { Peer } from './peers.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { type SettleOptions, settleDebt } from './settle-debt.ts';

/** Fetched at once. Of large blobs a few fill a link and more only fight over the disk; small ones wait for syncs, which a disk does together. */
const BLOBS_AT_ONCE = 16;
/** While this node orders writes: what clients wait for goes by the same connections and syncs. */
const BLOBS_AT_ONCE_SERVING = 4;
const BYTES_AT_ONCE = 32 * 1024 * 1024;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 8_000;

export interface CatchUpOptions extends SettleOptions {
  readonly arrivals: Arrivals;
  /** Whom to ask, in this order. */
  readonly sources: () => readonly Peer[];
  /** This node is primary. */
  readonly isServing: () => boolean;
  readonly logger: Logger;
}

export async function catchUp(options: CatchUpOptions, signal: AbortSignal): Promise<void> {
  const { applier, catalogue, isServing } = options;
  let after: DebtPosition | undefined;
  let isAnySettled = false;
  let pauseMs = RETRY_MS;
  while (!signal.aborted) {
    const { count } = applier.changed;
    if (applier.debt.blobs === 0) {
      await applier.changed.after(count, { signal });
      continue;
    }
    const owed = atOnce(await retryWhileBusy(() => catalogue.nextDebt(isServing() ? BLOBS_AT_ONCE_SERVING : BLOBS_AT_ONCE, after)));
    const last = owed.at(-1);
    if (last !== undefined) {
      after = { seq: last.seq, blobId: last.blobId };
      if (await settleSome(owed, options, signal)) isAnySettled = true;
      else await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      continue;
    }
    // Behind the last one the next round begins, with what was passed over. What nobody gives in a whole round is asked for less often.
    after = undefined;
    pauseMs = isAnySettled ? RETRY_MS : Math.min(2 * pauseMs, RETRY_MS_MAX);
    isAnySettled = false;
    await pauseWhileSame(applier, pauseMs, signal);
  }
}

function atOnce(owed: readonly MissingBlob[]): readonly MissingBlob[] {
  let bytes = 0;
  const tooMany = owed.findIndex(({ lengthBytes }) => {
    bytes += lengthBytes;
    return bytes > BYTES_AT_ONCE;
  });
  return tooMany === -1 ? owed : owed.slice(0, Math.max(1, tooMany));
}

/** Until the debt changes, but no longer than `pauseMs`. */
async function pauseWhileSame(applier: Applier, pauseMs: number, signal: AbortSignal): Promise<void> {
  const { blobs } = applier.debt;
  const deadline = performance.now() + pauseMs;
  while (!signal.aborted && applier.debt.blobs === blobs && performance.now() < deadline) {
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether any blob came in. */
async function settleSome(owed: readonly BlobRef[], options: CatchUpOptions, signal: AbortSignal): Promise<boolean> {
  const { logger } = options;
  const failures = await Promise.all(owed.map((ref) => obtain(ref, options, signal)));
  const failure = failures.find((error) => error !== undefined);
  if (failure !== undefined && !signal.aborted)
    logger.warn({ code: failure.code, reason: failure.message, blobs: owed.length }, 'missing blobs could not be fetched yet');
  const settled = owed.filter((_, index) => failures[index] === undefined);
  if (settled.length === 0) return false;
  await settleDebt(
    settled.map((ref) => ref.blobId),
    options,
  );
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
