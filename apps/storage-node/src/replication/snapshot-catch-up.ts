/** When this node needs the catalogue of another one, and from whom it gets it. */
import type { Logger } from '@netstore/service-kit';
import { type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { DataPaths } from '../membership/data-directory.ts';
import { type SnapshotProgress, SnapshotReceiver } from './fetch-snapshot.ts';
import type { Peers } from './peers.ts';

export interface SnapshotCatchUpOptions {
  readonly directory: DataPaths;
  readonly log: ReplicatedLog;
  readonly catalogue: Catalogue;
  readonly peers: Peers;
  readonly logger: Logger;
  /** A snapshot is ready: the process is to end, and the next one has it. */
  readonly onReady: () => void;
  readonly onFatal: OnFatal;
}

export class SnapshotCatchUp implements AsyncDisposable {
  readonly #options: SnapshotCatchUpOptions;
  readonly #receiver: SnapshotReceiver;
  readonly #ended = new AbortController();
  /** Why it needs a copy, while it waits for one. */
  #need: string | undefined;

  constructor(options: SnapshotCatchUpOptions) {
    const { directory, catalogue, onFatal } = options;
    this.#options = options;
    this.#receiver = new SnapshotReceiver({
      ...options,
      paths: directory,
      appliedSeq: () => catalogue.applied.seq,
      durability: new Durability(onFatal),
    });
  }

  /** What this node waits for, for people; null while it needs no copy of another's catalogue. */
  get waitsFor(): string | null {
    if (this.#need === undefined) return null;
    const { progress } = this.#receiver;
    return progress === undefined ? this.#need : `${this.#need} It has ${percent(progress)} of it.`;
  }

  /**
   * Resolves at once when the log reaches back to what the catalogue has applied. Otherwise the catalogue was lost, and nothing on this
   * disk says what stood between the two: until another node has given its own, this one takes part in nothing.
   */
  async requireCatalogue(signal: AbortSignal): Promise<void> {
    const { catalogue, log, peers, logger } = this.#options;
    if (catalogue.applied.seq >= log.base.seq) return;
    logger.error(
      { appliedSeq: catalogue.applied.seq, baseSeq: log.base.seq },
      'the catalogue is lost, and the log does not reach back to where it could be made again: this node waits for a copy from another one',
    );
    this.#need = 'This node lost its catalogue, and takes part in nothing until another node has given it a copy.';
    await this.#receiver.runWithAny(peers.all, signal);
  }

  /** The primary's log begins behind the end of this one. */
  async behind(primary: NodeId): Promise<void> {
    const { peers, logger } = this.#options;
    const peer = peers.get(primary);
    if (peer === undefined) return;
    this.#need = `The log of ${primary} begins behind the end of this node's: it waits for a copy of the catalogue of ${primary}.`;
    try {
      await this.#receiver.run(peer, this.#ended.signal);
    } catch (thrown) {
      const { code, message: reason } = toNetStoreError(thrown);
      this.#need = undefined;
      if (!this.#ended.signal.aborted)
        logger.error({ peer: primary, code, reason }, 'this node is behind the log of the primary and got no copy of its catalogue');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
  }
}

function percent({ receivedBytes, sizeBytes }: SnapshotProgress): string {
  return `${Math.floor((100 * receivedBytes) / sizeBytes)} %`;
}
