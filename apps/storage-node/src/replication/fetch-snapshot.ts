/**
 * Gets the catalogue of another node for this one: when its log ends before the other's begins, or its own catalogue is lost and the log
 * does not reach back far enough to make it again. The snapshot is proved and made ready here; the start of the next process switches it
 * in (`catalogue/snapshot/finish-install.ts`), so that nothing in this one has to change under its own hands.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type Sha256, toNetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type LogPosition, type Snapshot } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import { findBegun, IncomingSnapshot } from '../catalogue/snapshot/incoming-snapshot.ts';
import { writeManifest } from '../catalogue/snapshot/install-manifest.ts';
import type { SnapshotFacts } from '../catalogue/snapshot/snapshot-file.ts';
import type { Durability } from '../log/durability.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { DataPaths } from '../membership/data-directory.ts';
import { isSameHash } from './log-tail.ts';
import type { Peer } from './peers.ts';

/** The peer reads and writes all of its catalogue before it answers. */
const OFFER_TIMEOUT_MS = 10 * 60_000;
const CHUNK_TIMEOUT_MS = 30_000;
const RETRY_MS = 2_000;
/** In a row, without a chunk that came in between. */
const FAILURES_MAX = 5;
const PROGRESS_INTERVAL_MS = 5_000;

export interface SnapshotReceiverOptions {
  readonly paths: DataPaths;
  readonly log: Pick<ReplicatedLog, 'base' | 'last' | 'positionAt'>;
  /** The last record that this node's own catalogue has applied. */
  readonly appliedSeq: () => number;
  readonly durability: Durability;
  readonly logger: Logger;
  /** The snapshot is ready: the process is to end and to be started again. */
  readonly onReady: (position: LogPosition) => void;
}

export interface SnapshotProgress {
  readonly receivedBytes: number;
  readonly sizeBytes: number;
}

export class SnapshotReceiver {
  readonly #options: SnapshotReceiverOptions;
  #running: Promise<void> | undefined;
  #progress: SnapshotProgress | undefined;

  constructor(options: SnapshotReceiverOptions) {
    this.#options = options;
  }

  /** Of the transfer under way; undefined while none is. */
  get progress(): SnapshotProgress | undefined {
    return this.#progress;
  }

  /**
   * Resolves when `onReady` was called. Goes on where a transfer broke, and throws when it does not come further. A second call while one
   * runs waits for that one.
   */
  run(peer: Peer, signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(peer, signal).finally(() => {
      this.#progress = undefined;
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Asks one after the other until one of them gives it. Resolves when `onReady` was called. */
  async runWithAny(peers: readonly Peer[], signal: AbortSignal): Promise<void> {
    for (;;) {
      for (const peer of peers) {
        try {
          return await this.run(peer, signal);
        } catch (thrown) {
          signal.throwIfAborted();
          const { code, message: reason } = toNetStoreError(thrown);
          this.#options.logger.error({ peer: peer.id, code, reason }, 'a peer gave no copy of the catalogue');
        }
      }
      await sleep(RETRY_MS, undefined, { signal });
    }
  }

  async #run(peer: Peer, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    logger.warn({ peer: peer.id }, 'this node needs a copy of the catalogue and asks for it');
    let failures = 0;
    for (;;) {
      const before = await findBegun(this.#options.paths.snapshotDir);
      try {
        return await peer.pool.use((connection) => this.#receive(connection, before, signal), { signal });
      } catch (thrown) {
        signal.throwIfAborted();
        const after = await findBegun(this.#options.paths.snapshotDir);
        const hasMoved = after !== undefined && (after.snapshotId !== before?.snapshotId || after.chunks > before.chunks);
        failures = hasMoved ? 1 : failures + 1;
        const error = toNetStoreError(thrown);
        if (failures >= FAILURES_MAX || error.code === 'NS_CONFLICT' || error.code === 'NS_DISK_FULL') throw error;
        logger.warn({ peer: peer.id, code: error.code, reason: error.message }, 'the copy of the catalogue is still missing; trying again');
      }
      await sleep(RETRY_MS, undefined, { signal });
    }
  }

  async #receive(connection: Connection, begun: Awaited<ReturnType<typeof findBegun>>, signal: AbortSignal): Promise<void> {
    const { paths, durability, onReady, logger } = this.#options;
    const wanted = { snapshotId: begun?.snapshotId ?? null, firstChunk: begun?.chunks ?? 0 };
    const offer = await connection.request('GET_SNAPSHOT', wanted, 'SNAPSHOT', { timeoutMs: OFFER_TIMEOUT_MS, signal });
    const isLogKept = await this.#judge(offer);
    await using incoming = await IncomingSnapshot.open(paths.snapshotDir, offer);
    let toldAt = performance.now();
    for (let left = Math.ceil(offer.sizeBytes / CHUNK_BYTES) - offer.firstChunk; left > 0; left -= 1) {
      await incoming.write(await connection.expect('DATA', { timeoutMs: CHUNK_TIMEOUT_MS, signal }));
      this.#progress = { receivedBytes: incoming.receivedBytes, sizeBytes: offer.sizeBytes };
      if (performance.now() - toldAt < PROGRESS_INTERVAL_MS) continue;
      toldAt = performance.now();
      logger.info({ ...this.#progress }, 'receiving a copy of the catalogue');
    }
    await connection.expect('SNAPSHOT_END', { timeoutMs: CHUNK_TIMEOUT_MS, signal });
    await incoming.finish(factsOf(offer), durability);
    // From here on it is decided: the next start has the snapshot.
    await writeManifest(paths.path, { base: { position: offer.position, epoch: offer.epoch }, isLogKept }, durability);
    logger.warn({ seq: offer.position.seq, isLogKept }, 'a copy of the catalogue is proved and ready: the node starts again with it');
    onReady(offer.position);
  }

  /** Whether this node's log goes on from the snapshot. Throws `NS_CONFLICT` when the snapshot helps nobody. */
  async #judge({ position }: Snapshot): Promise<boolean> {
    const { log, appliedSeq } = this.#options;
    const { seq } = position;
    // A damaged log may end before what the catalogue shows: then the snapshot is for the log's sake, and need not be further on.
    const isLogShort = log.last.seq < appliedSeq();
    if ((seq <= appliedSeq() && !isLogShort) || seq < log.base.seq) {
      throw new NetStoreError(
        'NS_CONFLICT',
        `Snapshot of record ${seq} is of no use: this node has applied ${appliedSeq()}, and its log begins behind ${log.base.seq}`,
      );
    }
    const own = seq > log.last.seq ? undefined : await log.positionAt(seq);
    return own !== undefined && isSameHash(own.hash, position.hash);
  }
}

function factsOf({ position, epoch, digest, sizeBytes, sha256 }: Snapshot): SnapshotFacts {
  const hex = (bytes: Uint8Array): Sha256 => Buffer.from(bytes).toString('hex') as Sha256;
  return { position, epoch, digest: hex(digest), sizeBytes, sha256: hex(sha256) };
}
