/**
 * Brings what storage nodes find wrong on themselves, and make good again, into the audit. Each event is sent by itself under the node's run and the
 * number that the node gave it, so that it is kept once, however many gateways hear of it and however often.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditAction, AuditBatch, AuditReport } from '@netstore/shared-types';
import type { FaultEvent, FaultEventKind, Faults } from '@netstore/wire-protocol';
import type { NodeLink } from '../cluster/node-link.ts';

const ASK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 1_000;

const ACTIONS: Readonly<Record<FaultEventKind, AuditAction>> = {
  damaged: 'replica.damaged',
  gone: 'replica.gone',
  repaired: 'replica.repaired',
  'log-damaged': 'replica.log-damaged',
  'log-repaired': 'replica.log-repaired',
};

interface NodeFaultsOptions {
  readonly links: readonly NodeLink[];
  readonly keep: (batch: AuditBatch) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

export class NodeFaults implements AsyncDisposable {
  readonly #options: NodeFaultsOptions;
  readonly #ending = new AbortController();
  #watching: readonly Promise<void>[] = [];

  constructor(options: NodeFaultsOptions) {
    this.#options = options;
  }

  /** Each node at its own pace: one that is frozen must not hold up the others. */
  start(): void {
    this.#watching = this.#options.links.map((link) => this.#watch(link));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#watching);
  }

  async #watch(link: NodeLink): Promise<void> {
    let kept: Kept = { run: null, after: 0 };
    while (!this.#ending.signal.aborted) {
      // That a node is silent is shown where nodes are shown.
      const faults = await this.#ask(link, kept).catch(() => null);
      if (faults !== null) kept = await this.#keep(link, faults, kept);
      if (faults === null || faults.events.length === 0) await this.#pause();
    }
  }

  #ask(link: NodeLink, { run, after }: Kept): Promise<Faults> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const options = { timeoutMs: ANSWER_WITHIN_MS, signal };
    return link.aside((connection) => connection.request('GET_FAULTS', { requestId: 'faults', run, after }, 'FAULTS', options), signal);
  }

  /** Says how far it came. */
  async #keep(link: NodeLink, { run, events }: Faults, before: Kept): Promise<Kept> {
    let after = run === before.run ? before.after : 0;
    try {
      for (const event of events) {
        if (event.number > after + 1) await this.#send(link, run, unlisted(event, after));
        await this.#send(link, run, { ...event, action: ACTIONS[event.kind] });
        after = event.number;
      }
    } catch (error) {
      this.#options.onFailed(error);
      await this.#pause();
    }
    return { run, after };
  }

  #send(link: NodeLink, run: string, told: Told): Promise<void> {
    return this.#options.keep({ gateway: run, batch: told.number, entries: [entryOf(link, run, told)] });
  }

  async #pause(): Promise<void> {
    await sleep(ASK_EVERY_MS, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}

/** Of the run, everything up to `after` is in the audit. */
interface Kept {
  readonly run: string | null;
  readonly after: number;
}

type Told = Pick<FaultEvent, 'number' | 'timeMs' | 'what'> & { readonly action: AuditAction };

/** What a node let go before anybody asked has one entry, under the last of its numbers. */
function unlisted(next: FaultEvent, after: number): Told {
  const number = next.number - 1;
  return {
    number,
    timeMs: next.timeMs,
    what: `${number - after} events, which are in the log of the node alone`,
    action: 'replica.unlisted',
  };
}

function entryOf({ id }: NodeLink, run: string, { number, timeMs, what, action }: Told): AuditReport {
  return {
    timeMs,
    actorId: null,
    via: `node:${id}`,
    address: id,
    action,
    space: null,
    path: null,
    subject: what,
    outcome: 'ok',
    requestId: `${run}/${number}`,
  };
}
