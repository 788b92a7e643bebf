/**
 * How much spaces take, for people to look at. Remembered for some seconds and asked about many at a time, so that pages cost the primary little;
 * never waited for long, since what was asked for is more than this one number. What nobody can say is null, and no zero. Whether something fits is
 * judged by `quota-limits.ts` and by the nodes, never by this.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSpaceId, type SpaceDetail, type SpaceId, type SpaceStanding } from '@netstore/shared-types';
import { USAGE_SPACES_MAX } from '@netstore/wire-protocol';
import { LRUCache } from 'lru-cache';
import { getUsage } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';

const FRESH_MS = 3_000;
const SPACES_MAX = 20_000;
const WAIT_MS = 500;
/** Whoever comes later may still profit from an answer that came too late for the first. */
const ASK_WITHIN_MS = 5_000;

interface Known {
  readonly bytes: number | null;
}

interface UsageQuestion {
  readonly requestId: string;
  /** By id. */
  readonly spaces: readonly string[];
}

export class SpaceUsage {
  readonly #nodes: StorageNodes;
  readonly #known = new LRUCache<SpaceId, Known>({ max: SPACES_MAX, ttl: FRESH_MS });
  readonly #asking = new Map<SpaceId, Promise<void>>();

  constructor(nodes: StorageNodes) {
    this.#nodes = nodes;
  }

  /** In the order of the question. */
  async of({ requestId, spaces }: UsageQuestion): Promise<(number | null)[]> {
    const ids = spaces.map(parseSpaceId);
    const unknown = [...new Set(ids)].filter((id) => !this.#known.has(id) && !this.#asking.has(id));
    for (let at = 0; at < unknown.length; at += USAGE_SPACES_MAX) this.#ask(requestId, unknown.slice(at, at + USAGE_SPACES_MAX));
    await settledSoon(ids.flatMap((id) => this.#asking.get(id) ?? []));
    return ids.map((id) => this.#known.get(id)?.bytes ?? null);
  }

  /** Of all of them together; null when one is not known. */
  async sumOf(question: UsageQuestion): Promise<number | null> {
    const each = await this.of(question);
    return each.reduce((sum, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0);
  }

  /** With what it takes, where whoever asks may know it. */
  async shown(requestId: string, { seesUsage, ...space }: SpaceStanding): Promise<SpaceDetail> {
    return { ...space, usedBytes: seesUsage ? await this.sumOf({ requestId, spaces: [space.id] }) : null };
  }

  /** The same of many, in few questions. */
  async allShown(requestId: string, standings: readonly SpaceStanding[]): Promise<SpaceDetail[]> {
    const used = await this.of({ requestId, spaces: standings.map(({ id }) => id) });
    return standings.map(({ seesUsage, ...space }, at) => ({ ...space, usedBytes: seesUsage ? (used[at] ?? null) : null }));
  }

  #ask(requestId: string, spaces: readonly SpaceId[]): void {
    const asking = this.#learn(requestId, spaces);
    for (const id of spaces) this.#asking.set(id, asking);
  }

  /** Never rejects: that nobody could say is remembered as well, or every look at a page would wait while the nodes are away. */
  async #learn(requestId: string, spaces: readonly SpaceId[]): Promise<void> {
    const answer = await getUsage(this.#nodes, { requestId, spaces: [...spaces], minSeq: null }, AbortSignal.timeout(ASK_WITHIN_MS)).catch(
      () => undefined,
    );
    for (const [at, id] of spaces.entries()) {
      // An old state may know nothing yet of what is there now.
      this.#known.set(id, { bytes: answer === undefined || answer.isStale ? null : (answer.bytes[at] ?? null) });
      this.#asking.delete(id);
    }
  }
}

async function settledSoon(asked: readonly Promise<void>[]): Promise<void> {
  if (asked.length === 0) return;
  const over = new AbortController();
  const late = sleep(WAIT_MS, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(new Set(asked)), late]);
  over.abort();
}
