/**
 * Works off debt: blobs that applied records refer to and that this node does not hold. Oldest first, a few at a time,
 * for as long as there are any.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { toNetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import { fetchBlob } from './fetch-blob.ts';
import type { Peer } from './peers.ts';
import { whenAborted } from './when-aborted.ts';

/** Blobs fetched at once: two streams fill a link, more only fight over the disk. */
const AT_ONCE = 4;
const RETRY_MS = 1_000;

export interface CatchUpOptions {
  readonly applier: Applier;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  /** Whom to ask, in this order. */
  readonly sources: () => readonly Peer[];
  readonly logger: Logger;
  /** The debt got smaller. */
  readonly onSettled: () => void;
}

export async function catchUp(options: CatchUpOptions, signal: AbortSignal): Promise<void> {
  const aborted = whenAborted(signal);
  while (!signal.aborted) {
    const changed = options.applier.changed.next();
    if (options.applier.debt.blobs === 0) await Promise.race([changed, aborted]);
    else if (!(await settleSome(options, signal))) await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether any blob came in. */
async function settleSome(options: CatchUpOptions, signal: AbortSignal): Promise<boolean> {
  const owed = await options.catalogue.nextDebt(AT_ONCE);
  const results = await Promise.all(owed.map((ref) => settleOne(ref, options, signal)));
  const settled = owed.filter((_, index) => results[index]);
  if (settled.length > 0) {
    await options.catalogue.settleDebt(settled.map((ref) => ref.blobId));
    await options.applier.refreshDebt();
    options.onSettled();
  }
  return settled.length > 0;
}

async function settleOne(ref: BlobRef, options: CatchUpOptions, signal: AbortSignal): Promise<boolean> {
  const { blobs, sources, logger } = options;
  try {
    if (await blobs.keep(ref.blobId)) return true;
    await fetchBlob(ref, blobs, sources(), signal);
    return await blobs.keep(ref.blobId);
  } catch (thrown) {
    if (!signal.aborted)
      logger.warn({ blobId: ref.blobId, code: toNetStoreError(thrown).code, err: thrown }, 'missing blob could not be fetched yet');
    return false;
  }
}
