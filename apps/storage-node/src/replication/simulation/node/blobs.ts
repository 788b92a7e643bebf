/** Blobs of one process: taken in, fetched, and told of. */
import type { NodeId } from '@netstore/shared-types';
import type { BlobTrace } from '../../core/void-records.ts';
import { type Fiber, settled, type Task } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import { type NodeParts, others } from './node-parts.ts';

const CHUNK_TIMEOUT_MS = 10_000;
const ARRIVAL_MS_MAX = 1_000;

export class SimBlobs {
  readonly #parts: NodeParts;
  /** On their way to the disk. */
  readonly #arriving = new Map<string, Task<void>>();

  constructor(parts: NodeParts) {
    this.#parts = parts;
  }

  holds(blobId: string): boolean {
    return this.#parts.disk.blobs.get(blobId) === 'held';
  }

  /** Durable on return. */
  *stage(blobId: string): Fiber {
    const { spawn, scope } = this.#parts;
    const task = spawn(scope, this.#write(blobId));
    this.#arriving.set(blobId, task);
    yield* settled(task);
    if (this.#arriving.get(blobId) === task) this.#arriving.delete(blobId);
  }

  *#write(blobId: string): Fiber {
    const { disk } = this.#parts;
    const keep = (): void => {
      disk.blobs.set(blobId, 'held');
    };
    yield* disk.write(keep, keep);
  }

  *settled(blobId: string): Fiber {
    const task = this.#arriving.get(blobId);
    if (task !== undefined) yield* settled(task);
  }

  /** One that is arriving is waited for; what becomes of one that takes too long is not known, which is no absence. */
  *statesOf(blobIds: readonly string[]): Fiber<BlobTrace[]> {
    const states: BlobTrace[] = [];
    for (const blobId of blobIds) {
      const task = this.#arriving.get(blobId);
      if (task !== undefined && !task.isDone) yield { pulse: task.done, ms: ARRIVAL_MS_MAX };
      const isKnown = task === undefined || task.isDone;
      states.push(this.#parts.disk.blobs.get(blobId) ?? (isKnown ? 'absent' : 'damaged'));
    }
    return states;
  }

  /** Throws `NS_BLOB_MISSING` when no peer gives it. The primary is asked first. */
  *fetch(blobId: string): Fiber {
    const { vote } = this.#parts;
    const primary = vote.current.candidate;
    const sources = [...others(this.#parts)].sort((a, b) => Number(b === primary) - Number(a === primary));
    for (const peer of sources) {
      if (yield* this.#fetchFrom(blobId, peer)) return;
    }
    throw new SimError('NS_BLOB_MISSING', `no peer gave blob ${blobId}`);
  }

  *#fetchFrom(blobId: string, peer: NodeId): Fiber<boolean> {
    const { world, end } = this.#parts;
    try {
      const connection = yield* world.network.dial(end, peer, 'conversation');
      try {
        yield* connection.request({ name: 'READ_BLOB', blobId }, 'READ_BLOB_END', CHUNK_TIMEOUT_MS);
      } finally {
        connection.destroy();
      }
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      return false;
    }
    yield* this.stage(blobId);
    return true;
  }
}
