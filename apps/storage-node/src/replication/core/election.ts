/**
 * When a node stands for primary, when it holds others back, and when a primary must stop. Pure: time is what it is told, in
 * milliseconds of a clock that never jumps. Wrong guesses here cost availability, never data.
 */
import type { NodeId } from '@netstore/shared-types';

/** Without a word from the primary for so long, it is taken for gone; a primary without a word from its peers stops. */
export const SILENCE_MS = 2_000;
/** Between one node of the configured order and the next, so that they do not stand at once. */
const STAGGER_MS = 500;
/** Between two attempts of one node. */
const RETRY_MS = 600;
/** After an attempt that had its promises and came to nothing: longer than any other node waits, and ever longer. */
const FAILED_MS_MAX = 60_000;
/** Applying so many records takes longer than letting another node lead. */
const RECORDS_BEHIND_MAX = 10_000;
/** A pre-vote that found no majority by then is over. */
const PREVOTE_MS = 1_000;
/** The same for promises, which are synced to disks. */
const PROMISE_MS = 5_000;
/** And for making the log the chosen one, which may have to be fetched. */
const RECOVERY_MS = 30_000;
/** A node that has just started has not had the time to hear a primary. */
const SETTLING_MS = 700;
/** Ticks further apart than this tell of a process that was held up, and of nothing about its peers. */
const STALL_MS = 500;

const PHASE_MS = { prevoting: PREVOTE_MS, candidate: PROMISE_MS, recovering: RECOVERY_MS } as const;

export interface ElectionOptions {
  readonly self: NodeId;
  /** In order of preference. */
  readonly nodes: readonly NodeId[];
  readonly isAutomatic: boolean;
  readonly last: { readonly seq: number };
  readonly commitSeq: number;
}

export class Election {
  readonly #options: ElectionOptions;
  readonly #startedMs: number;
  #nowMs: number;
  #silentSinceMs: number;
  #hasHeardPrimary = false;
  #notBeforeMs: number;
  #phaseSinceMs = 0;
  #failures = 0;
  readonly #heardPeers = new Map<NodeId, number>();

  constructor(options: ElectionOptions, nowMs: number) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs;
    this.#silentSinceMs = nowMs;
    const isFarBehind = options.last.seq - options.commitSeq > RECORDS_BEHIND_MAX;
    this.#notBeforeMs = isFarBehind ? nowMs + this.#othersMs : nowMs;
  }

  /** By then any other node would have stood. */
  get #othersMs(): number {
    return SILENCE_MS + this.#options.nodes.length * STAGGER_MS + RETRY_MS;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  tick(nowMs: number): void {
    const heldUpMs = nowMs - this.#nowMs;
    const wasHeldUp = heldUpMs > STALL_MS;
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (wasHeldUp) this.#forgive(nowMs - STALL_MS);
    // Formed just now, or frozen: others have had no chance to be heard.
    if (heldUpMs > SILENCE_MS) this.#silentSinceMs = nowMs;
  }

  /** What came meanwhile is still to be read: nobody counts as silent before it was. */
  #forgive(sinceMs: number): void {
    const atLeast = sinceMs - SILENCE_MS + STALL_MS;
    this.#silentSinceMs = Math.max(this.#silentSinceMs, atLeast);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#nowMs + STALL_MS);
    for (const [peer, heardMs] of this.#heardPeers) this.#heardPeers.set(peer, Math.max(heardMs, atLeast));
  }

  /** The primary of the epoch that was promised, or whoever it was promised to, said something. */
  heardPrimary(): void {
    this.#silentSinceMs = this.#nowMs;
    this.#hasHeardPrimary = true;
  }

  /** The primary itself says that it goes: nobody has to wait for its silence. */
  primaryLeaves(): void {
    this.#hasHeardPrimary = false;
  }

  heardPeer(peer: NodeId): void {
    this.#heardPeers.set(peer, this.#nowMs);
  }

  isHeard(peer: NodeId): boolean {
    return this.#nowMs - (this.#heardPeers.get(peer) ?? Number.NEGATIVE_INFINITY) <= SILENCE_MS;
  }

  /** A pre-vote or a wait for promises begins. */
  beginPhase(): void {
    this.#phaseSinceMs = this.#nowMs;
  }

  isOver(phase: keyof typeof PHASE_MS): boolean {
    return this.#nowMs - this.#phaseSinceMs > PHASE_MS[phase];
  }

  /** An attempt ended: the next one is not at once. */
  paused(): void {
    this.#notBeforeMs = this.#nowMs + RETRY_MS + this.#place * STAGGER_MS;
  }

  /** This node could not lead, for a reason of its own: others get their turn first. */
  failed(): void {
    const waitMs = Math.min(FAILED_MS_MAX, this.#othersMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#notBeforeMs = this.#nowMs + waitMs;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  get #place(): number {
    return this.#options.nodes.indexOf(this.#options.self);
  }

  get isPrimarySilent(): boolean {
    return !this.#hasHeardPrimary || this.#nowMs - this.#silentSinceMs > SILENCE_MS;
  }

  /** The first of the order stands at its start at once; the others give it the time to. */
  get isTimeToStand(): boolean {
    if (this.#nowMs < this.#notBeforeMs) return false;
    if (this.#place === 0 && !this.#hasHeardPrimary) return true;
    return this.#nowMs - this.#silentSinceMs > SILENCE_MS + this.#place * STAGGER_MS;
  }

  /** Why a pre-vote is refused; undefined when it is granted. `heldBy`: the candidate of the last promise. */
  whyNotStand(from: NodeId, heldBy: NodeId | null): string | undefined {
    if (!this.isPrimarySilent && heldBy !== from)
      return `${heldBy ?? 'the primary'} was heard ${Math.round(this.#nowMs - this.#silentSinceMs)} ms ago`;
    const isSettling = this.#nowMs - this.#startedMs < SETTLING_MS;
    if (isSettling && heldBy !== null && heldBy !== from) return `this node has just started, and ${heldBy} may be primary`;
    return undefined;
  }

  /** Whether this node stands by itself when nobody else is primary. */
  mayStandBySelf(promised: { readonly epoch: number; readonly candidate: NodeId | null }): boolean {
    const { isAutomatic, self, nodes } = this.#options;
    return isAutomatic || promised.candidate === self || (promised.epoch === 0 && nodes[0] === self);
  }
}
