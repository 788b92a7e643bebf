/**
 * Asks both peers what they have of what this node lacks. A blob that only one of them holds is one fault away from being lost: it is
 * fetched before all others. One that neither holds is lost: that is said, counted, and asked again from time to time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type BlobId, toNetStoreError, versionIdAt } from '@netstore/shared-types';
import type { LostBlobs } from '@netstore/wire-protocol';
import type { DebtPosition, MissingBlob } from '../catalogue/catalogue.ts';
import type { Arrivals } from '../replication/arrivals.ts';
import { fetchBlob } from '../replication/fetch-blob.ts';
import { missingBlobs } from '../replication/missing-blobs.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import { type SettleOptions, settleDebt } from '../replication/settle-debt.ts';
import { type AskedPeers, askHolders, type Holders } from './ask-holders.ts';
import type { FaultCounts } from './fault-counts.ts';

/** Blobs in one question. */
const PAGE_BLOBS = 1024;
const FIRST_INTERVAL_MS = 1_000;
const NEWS_POLL_MS = 500;
const LONGEST_INTERVAL_MS = 5 * 60_000;
/** Lost blobs that are named in the log; the number says the rest. */
const NAMED_MAX = 1_000;

export interface DebtSurveyOptions extends SettleOptions, AskedPeers {
  readonly arrivals: Arrivals;
  readonly counts: FaultCounts;
  readonly logger: Logger;
}

export class DebtSurvey {
  readonly #options: DebtSurveyOptions;
  #isUrged = false;
  #named = new Set<BlobId>();
  /** The last debt that was asked about; what is owed behind it came up since. */
  #surveyedTo: DebtPosition | undefined;
  /** All debt up to here is lost: the oldest first, until one that somebody holds. */
  #lostTo: DebtPosition | undefined;
  #oldestLost: LostBlobs | null = null;

  constructor(options: DebtSurveyOptions) {
    this.#options = options;
  }

  /** Something was just found bad: what it leaves is to be known soon. */
  urge(): void {
    this.#isUrged = true;
    // It may be older than what is lost.
    this.#lostTo = undefined;
    this.#oldestLost = null;
    this.#leaveOpen();
  }

  /** What is lost of the oldest debt, in front of all that can still be had, as of a moment ago; null while nothing is known to be. */
  get oldestLost(): LostBlobs | null {
    return this.#oldestLost;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { applier, logger } = this.#options;
    let intervalMs = FIRST_INTERVAL_MS;
    while (!signal.aborted) {
      const { blobs } = applier.debt;
      this.#isUrged = false;
      this.#surveyedTo = undefined;
      try {
        if (blobs === 0) this.#conclude([], 0, undefined);
        else await this.#survey(signal);
        await this.#lookBehindLost();
        const isNews = await this.#untilNews(blobs, blobs === 0 ? LONGEST_INTERVAL_MS : intervalMs, signal);
        intervalMs = isNews ? FIRST_INTERVAL_MS : Math.min(2 * intervalMs, LONGEST_INTERVAL_MS);
      } catch (error) {
        if (signal.aborted) return;
        this.#leaveOpen();
        logger.warn({ code: toNetStoreError(error).code, err: error }, 'what the peers hold could not be found out');
        await sleep(FIRST_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Returns early, and true, when more was found bad, debt came up where none was, all of it went away, or some while blobs are lost.
   * Debt that only gets smaller is no news: asking about millions of blobs again for each that came in would never end.
   */
  async #untilNews(before: number, intervalMs: number, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + intervalMs;
    do {
      await sleep(NEWS_POLL_MS, undefined, { signal });
      if (this.#isNews(before)) return true;
      if (before > 0) await this.#noticeNewDebt();
      await this.#lookBehindLost();
    } while (performance.now() < deadline);
    return false;
  }

  #isNews(before: number): boolean {
    const { applier, counts } = this.#options;
    const { blobs } = applier.debt;
    if (this.#isUrged || (blobs === 0) !== (before === 0)) return true;
    return blobs < before && (counts.lost ?? 0) > 0;
  }

  /** Of what came up behind the survey nobody has been asked, also when the debt as a whole did not grow. It is asked about at its next turn. */
  async #noticeNewDebt(): Promise<void> {
    if (this.#options.counts.lost !== 0) return;
    const fresh = await retryWhileBusy(() => this.#options.catalogue.nextDebt(1, this.#surveyedTo));
    if (fresh.length > 0) this.#leaveOpen();
  }

  async #lookBehindLost(): Promise<void> {
    const { applier, catalogue, counts } = this.#options;
    const lostTo = this.#lostTo;
    if (lostTo === undefined) return;
    // Before the question: what these records lack is in the catalogue.
    const { appliedSeq } = applier;
    const [next] = await retryWhileBusy(() => catalogue.nextDebt(1, lostTo));
    // Found bad meanwhile, perhaps in front of it.
    if (this.#lostTo === undefined) return;
    this.#oldestLost = { blobs: counts.lost ?? 0, heldSeq: next === undefined ? appliedSeq : Math.min(next.seq - 1, appliedSeq) };
  }

  async #survey(signal: AbortSignal): Promise<void> {
    const { catalogue } = this.#options;
    const named: MissingBlob[] = [];
    let lost = 0;
    let front: DebtPosition | undefined;
    let isFront = true;
    // What was counted before was counted of other debt.
    this.#leaveOpen();
    for (;;) {
      const page = await retryWhileBusy(() => catalogue.nextDebt(PAGE_BLOBS, this.#surveyedTo));
      const last = page.at(-1);
      if (last === undefined) break;
      this.#surveyedTo = { seq: last.seq, blobId: last.blobId };
      const holders = await this.#askHolders(page, signal);
      // A peer that does not answer may hold anything: then nothing is rarer than the rest, and nothing is known to be safe either.
      if (holders === undefined) return;
      await this.#fetchNow(
        page.filter((_, index) => holders.counts[index] === 1),
        signal,
      );
      const nowhere = await missingBlobs(
        page.filter((_, index) => holders.counts[index] === 0),
        this.#options.blobs,
      );
      lost += nowhere.length;
      named.push(...nowhere.slice(0, NAMED_MAX - named.length));
      isFront &&= holders.isProof;
      const lostHere: MissingBlob[] = isFront ? page.slice(0, countCommon(page, nowhere)) : [];
      front = lostHere.at(-1) ?? front;
      isFront = lostHere.length === page.length;
    }
    this.#conclude(named, lost, front);
  }

  /** Undefined when one of them gives no answer. */
  async #askHolders(page: readonly MissingBlob[], signal: AbortSignal): Promise<Holders | undefined> {
    try {
      return await askHolders(page, this.#options, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = toNetStoreError(thrown);
      this.#options.logger.debug({ code, reason: message }, 'a peer does not say what it holds');
      return undefined;
    }
  }

  async #fetchNow(rare: readonly MissingBlob[], signal: AbortSignal): Promise<void> {
    const { blobs, arrivals, peers, logger } = this.#options;
    for (const blob of rare) {
      try {
        await arrivals.settled(blob.blobId);
        if (!(await blobs.keep(blob.blobId))) await arrivals.track(blob.blobId, fetchBlob(blob, blobs, peers, signal));
        if (!(await blobs.keep(blob.blobId))) continue;
        await settleDebt([blob.blobId], this.#options);
      } catch (thrown) {
        signal.throwIfAborted();
        const { code, message } = toNetStoreError(thrown);
        logger.warn(
          { blobId: blob.blobId, seq: blob.seq, code, reason: message },
          'the last known good copy of a blob could not be fetched',
        );
        // The peer that claimed to hold it has just looked at it: its next answer is a better one.
        this.urge();
      }
    }
  }

  /** What was lost before is lost until somebody is seen to hold it. */
  #leaveOpen(): void {
    const { counts } = this.#options;
    if (counts.lost === 0) counts.lost = undefined;
  }

  #conclude(named: readonly MissingBlob[], lost: number, lostTo: DebtPosition | undefined): void {
    const { counts, logger } = this.#options;
    for (const { blobId, seq } of named) {
      if (!this.#named.has(blobId)) logger.error({ blobId, version: versionIdAt(seq) }, 'a blob is lost: no node has a good copy of it');
    }
    if (counts.lost !== undefined && lost < counts.lost)
      logger.info({ lost, before: counts.lost }, 'blobs that were lost are back, or no longer needed');
    this.#named = new Set(named.map(({ blobId }) => blobId));
    counts.lost = lost;
    this.#lostTo = this.#isUrged ? undefined : lostTo;
    if (this.#lostTo === undefined) this.#oldestLost = null;
    // Found bad while the survey was under way, perhaps in what it had passed.
    if (this.#isUrged) this.#leaveOpen();
  }
}

/** How many the lists have in common from their beginnings on. */
function countCommon(all: readonly MissingBlob[], some: readonly MissingBlob[]): number {
  const end = all.findIndex((blob, index) => some[index] !== blob);
  return end === -1 ? all.length : end;
}
