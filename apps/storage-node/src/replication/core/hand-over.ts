/**
 * When a primary gives way to a node that the configuration prefers: only after that one was up and caught up for a while, and
 * ever more rarely when it does not last. Pure: time is what it is told.
 */
import type { NodeId } from '@netstore/shared-types';

/** After so long without a switch-over, earlier ones say nothing any more. */
const FORGIVEN_MS = 3_600_000;
/** The longest wait after attempts that came to nothing. */
const WAIT_FACTOR_MAX = 64;

export interface HandOverOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  /** How long the preferred node has to be caught up. */
  readonly stableForMs: number;
}

export interface PeerState {
  /** It answers, is a full member, and has room on its disk. */
  readonly isCounted: boolean;
  /** It has everything that was in the log at the last look, and applies it as it comes. */
  readonly isCaughtUp: boolean;
}

export class HandOver {
  readonly #options: HandOverOptions;
  readonly #stableSinceMs = new Map<NodeId, number>();
  #factor = 1;
  #notBeforeMs = 0;

  constructor(options: HandOverOptions) {
    this.#options = options;
  }

  /** A new term begins: what was seen in an earlier one says nothing. */
  reset(): void {
    this.#stableSinceMs.clear();
  }

  /** Whom to hand over to now. */
  look(nowMs: number, stateOf: (peer: NodeId) => PeerState): NodeId | undefined {
    const { self, nodes, stableForMs } = this.#options;
    if (nowMs - this.#notBeforeMs > FORGIVEN_MS) this.#factor = 1;
    for (const peer of nodes.slice(0, nodes.indexOf(self))) {
      const { isCounted, isCaughtUp } = stateOf(peer);
      if (!isCounted) this.#stableSinceMs.delete(peer);
      else if (!this.#stableSinceMs.has(peer) && isCaughtUp) this.#stableSinceMs.set(peer, nowMs);
      const sinceMs = this.#stableSinceMs.get(peer);
      if (sinceMs !== undefined && isCaughtUp && nowMs - sinceMs >= stableForMs * this.#factor && nowMs >= this.#notBeforeMs) {
        this.#factor = Math.min(WAIT_FACTOR_MAX, this.#factor * 2);
        this.#notBeforeMs = nowMs + stableForMs * this.#factor;
        return peer;
      }
    }
    return undefined;
  }
}
