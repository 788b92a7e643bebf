/** One whole round of scrubbing, watched to its end. It goes on by itself when nobody watches any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes, type Terminal } from '@netstore/command-line';
import type { NetStoreError } from '@netstore/shared-types';
import type { ScrubState } from '@netstore/wire-protocol';
import type { AskedScrub, ClusterClient } from './cluster-client.ts';
import type { NodeClient } from './node-client.ts';

const ASK_EVERY_MS = 1_000;
/** A node that restarts goes on with its round. */
const SILENCE_MAX = 30;

/** `failure` is set when the round's end was not seen; `state` is then what was known last. */
export type ScrubbedNode = AskedScrub;

export async function startScrub(cluster: ClusterClient, nodes: readonly NodeClient[], signal: AbortSignal): Promise<AskedScrub[]> {
  return cluster.scrub('start', nodes, signal);
}

/** Resolves when the round of every node that was started has ended. */
export async function watchScrub(
  cluster: ClusterClient,
  started: readonly AskedScrub[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ScrubbedNode[]> {
  const rounds = started.map((asked) => new Round(cluster, asked));
  while (rounds.some(({ isOver }) => !isOver)) {
    await terminal.progress(rounds.map((round) => round.progress).join('   '));
    await sleep(ASK_EVERY_MS, undefined, { signal });
    await Promise.all(rounds.map((round) => round.ask(signal)));
  }
  await terminal.clearProgress();
  return rounds.map(({ result }) => result);
}

class Round {
  readonly #cluster: ClusterClient;
  readonly #started: AskedScrub;
  #state: ScrubState | null;
  #failure: NetStoreError | null;
  #silences = 0;

  constructor(cluster: ClusterClient, started: AskedScrub) {
    this.#cluster = cluster;
    this.#started = started;
    this.#state = started.state;
    this.#failure = started.failure;
  }

  get isOver(): boolean {
    if (this.#failure !== null || this.#state === null) return true;
    const { state, finishedAtMs } = this.#state;
    return state === 'idle' && finishedAtMs !== null && finishedAtMs >= (this.#started.state?.startedAtMs ?? 0);
  }

  get progress(): string {
    const { nodeId } = this.#started;
    if (this.#state === null) return `${nodeId} ?`;
    return this.isOver ? `${nodeId} done` : `${nodeId} ${formatBytes(this.#state.bytesDone)} of ${formatBytes(this.#state.bytesTotal)}`;
  }

  get result(): ScrubbedNode {
    return { nodeId: this.#started.nodeId, state: this.#state, failure: this.#failure };
  }

  async ask(signal: AbortSignal): Promise<void> {
    if (this.isOver) return;
    const [answer] = await this.#cluster.scrub('status', [this.#cluster.node(this.#started.nodeId)], signal);
    if (answer?.state != null) {
      this.#state = answer.state;
      this.#silences = 0;
      return;
    }
    this.#silences += 1;
    if (this.#silences >= SILENCE_MAX) this.#failure = answer?.failure ?? null;
  }
}
