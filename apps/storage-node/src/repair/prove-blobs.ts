/** One walk over the blobs that the catalogue refers to, in the order of their ids, one at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { ScrubRound } from '../blobs/scrub-cursor.ts';
import type { Catalogue, ReferencedBlob } from '../catalogue/catalogue.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import type { FaultCounts } from './fault-counts.ts';
import { pauseMsAfter } from './pace.ts';
import type { Quarantine } from './quarantine.ts';

/** Asked of the catalogue at once. */
const PAGE_BLOBS = 64;
/** Read between two looks at how busy the node is. */
const TURN_BYTES = 1024 * 1024;
/** Shorter ones are saved up: small blobs are many. */
const PAUSE_MS_MIN = 20;

export interface ProveBlobsOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly quarantine: Quarantine;
  readonly counts: FaultCounts;
  readonly periodMs: number;
  readonly now: () => number;
  /** Returns when nobody who waits for something is held up by going on. */
  readonly giveWay: () => Promise<void>;
  /** Each blob; throws when the round is over. */
  readonly onProven: (round: ScrubRound) => Promise<void>;
}

/** Goes on behind `begun.after`. Throws what lies not in a blob: that one is not proven then, and its turn comes again. */
export async function proveBlobs(begun: ScrubRound, options: ProveBlobsOptions, signal: AbortSignal): Promise<ScrubRound> {
  let round = begun;
  let turnBytes = 0;
  let pauseMs = 0;
  for (;;) {
    const page = await nextPage(round, options);
    if (page.length === 0) return round;
    for (const blob of page) {
      if (turnBytes === 0) await options.giveWay();
      turnBytes = turnBytes >= TURN_BYTES ? 0 : turnBytes + blob.lengthBytes;
      await proveBlob(blob, options);
      round = { ...round, after: blob.blobId, blobsDone: round.blobsDone + 1, bytesDone: round.bytesDone + blob.lengthBytes };
      await options.onProven(round);
      pauseMs += pauseAfter(blob.lengthBytes, round, options);
      if (pauseMs < PAUSE_MS_MIN) continue;
      await sleep(pauseMs, undefined, { signal });
      pauseMs = 0;
    }
    turnBytes = 0;
  }
}

function nextPage({ after }: ScrubRound, { catalogue }: ProveBlobsOptions): Promise<ReferencedBlob[]> {
  return retryWhileBusy(() => catalogue.blobsAfter(after, PAGE_BLOBS));
}

async function proveBlob(blob: ReferencedBlob, { blobs, quarantine, counts }: ProveBlobsOptions): Promise<void> {
  try {
    await retryWhileBusy(() => blobs.verify(blob));
    counts.countBytes(blob.lengthBytes);
  } catch (error) {
    if (!(error instanceof NetStoreError && (error.code === 'NS_BLOB_DAMAGED' || error.code === 'NS_BLOB_MISSING'))) throw error;
    await quarantine.take(blob.blobId, error, 'scrub');
  }
}

function pauseAfter(bytes: number, round: ScrubRound, { periodMs, now }: ProveBlobsOptions): number {
  return round.isAskedFor ? 0 : pauseMsAfter(bytes, round, { periodMs, nowMs: now() });
}
