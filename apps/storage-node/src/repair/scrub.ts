/**
 * Proves what this node holds, again and again, for as long as it runs. A round reads every blob that the catalogue refers to, and the
 * log; once a day names are compared and the log is read in between. What is found bad goes to quarantine and is fetched by others;
 * here it is only found. It goes at a pace that ends in time, and behind everything that anybody waits for.
 *
 * A round that a stop interrupts goes on where it was. None of this is in replicated tables: what a disk has proven is its own affair.
 */
import type { Logger } from '@netstore/service-kit';
import { toNetStoreError } from '@netstore/shared-types';
import type { ScrubState } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { ScrubCursor, ScrubRound } from '../blobs/scrub-cursor.ts';
import type { Catalogue, CensusTaken } from '../catalogue/catalogue.ts';
import { Pulse } from '../replication/pulse.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import type { FaultCounts } from './fault-counts.ts';
import type { Foreground } from './foreground.ts';
import { dueInMs, roundIntervalMs } from './pace.ts';
import { proveBlobs } from './prove-blobs.ts';
import type { Quarantine } from './quarantine.ts';
import { showScrub } from './show-scrub.ts';

/** Names are compared, and the log is read, this often. */
const CHECK_INTERVAL_MS = 24 * 3_600_000;
const CURSOR_INTERVAL_MS = 30_000;
/** After a step that failed for a reason that lies not in what it looked at, and while there is nothing to prove. */
const AGAIN_MS = 10_000;
/** At the end of a round, for copies that were found bad in it to be made good. */
const SETTLE_MS_MAX = 30_000;
/** Before anything is done unasked: a node that starts has better to do. */
const FIRST_AFTER_MS = 60_000;
/** No timer is set for longer. */
const WAIT_MS_MAX = 3_600_000;

export interface ScrubOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly quarantine: Quarantine;
  readonly foreground: Foreground;
  readonly counts: FaultCounts;
  readonly logger: Logger;
  /** Every replica is read again within this time. */
  readonly periodMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly cursor: ScrubCursor;
  readonly writeCursor: (cursor: ScrubCursor) => Promise<void>;
  /** How long after its start a node does nothing unasked; a minute. */
  readonly firstAfterMs?: number;
  /** Puts blobs/ in order and says what is there. */
  readonly takeCensus: (signal: AbortSignal) => Promise<CensusTaken>;
  /** Reads the log and what is made from it; gives how many records were right or made right. `giveWay` is called between two reads. */
  readonly proveRecords: (giveWay: () => Promise<void>, signal: AbortSignal) => Promise<number>;
  /** Returns when no copy that was found bad waits for a good one, or the deadline has passed. */
  readonly settled: (deadlineMs: number, signal: AbortSignal) => Promise<void>;
}

export class Scrub {
  readonly #options: ScrubOptions;
  readonly #asked = new Pulse();
  #cursor: ScrubCursor;
  /** Of the round under way: a new one that is asked for ends it. */
  #roundEnd = new AbortController();
  /** Of the node. */
  #ended: AbortSignal | undefined;
  #activity: ScrubState['state'] = 'idle';
  #census: CensusTaken | undefined;
  #censusUnderWay: Promise<CensusTaken> | undefined;
  #notBefore = 0;
  #recordsProven = 0;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #cursorWrittenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ScrubOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    options.counts.provenSinceMs = options.cursor.finished?.round.startedAtMs;
  }

  get state(): ScrubState {
    return showScrub({
      activity: this.#activity,
      cursor: this.#cursor,
      counts: this.#options.counts,
      census: this.#census,
      recordsProven: this.#recordsProven,
    });
  }

  /** Begins a round that does not spread itself over weeks. One that was asked for before and is under way goes on. */
  begin(): void {
    if (this.#cursor.round?.isAskedFor === true) return;
    this.#roundEnd.abort();
    this.#cursor = { ...this.#cursor, round: newRound(this.#options.now(), true) };
    this.#activity = 'running';
    this.#asked.notify();
  }

  /** Compares names and says what is there. Who asks while that is done gets the same answer. `signal`: of the node. */
  async takeCensus(signal: AbortSignal): Promise<CensusTaken> {
    this.#censusUnderWay ??= this.#options.takeCensus(signal).finally(() => {
      this.#censusUnderWay = undefined;
    });
    this.#census = await this.#censusUnderWay;
    return this.#census;
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#ended = signal;
    this.#notBefore = performance.now() + (this.#options.firstAfterMs ?? FIRST_AFTER_MS);
    while (!signal.aborted) {
      const { count } = this.#asked;
      const waitMs = await this.#step(signal);
      await this.#asked.after(count, { signal, timeoutMs: Math.min(waitMs, WAIT_MS_MAX) });
    }
    await this.#options.writeCursor(this.#cursor);
  }

  /** Does what is due, and says how long until something is. */
  async #step(signal: AbortSignal): Promise<number> {
    const { now, periodMs, catalogue, logger } = this.#options;
    // A node that has applied nothing has nothing to prove, and a round of nothing would put off the first real one.
    if (catalogue.applied.seq === 0) return AGAIN_MS;
    const tooEarlyMs = this.#notBefore - performance.now();
    if (tooEarlyMs > 0 && this.#cursor.round?.isAskedFor !== true) return tooEarlyMs;
    const roundDueInMs = (): number =>
      dueInMs(this.#cursor.finished?.round.startedAtMs ?? Number.NEGATIVE_INFINITY, roundIntervalMs(periodMs), now());
    try {
      if (this.#cursor.round !== null || roundDueInMs() === 0) await this.#round(signal);
      else await this.#checkWhenDue(signal);
      return this.#cursor.round === null ? Math.min(roundDueInMs(), this.#checkDueInMs) : 0;
    } catch (error) {
      if (!signal.aborted)
        logger.error({ code: toNetStoreError(error).code, err: error }, 'proving what this node holds was interrupted: it goes on soon');
      return AGAIN_MS;
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { now, writeCursor, settled, logger } = this.#options;
    this.#roundEnd = new AbortController();
    const { signal: replaced } = this.#roundEnd;
    const ending = AbortSignal.any([signal, replaced]);
    this.#activity = 'running';
    try {
      let round = this.#cursor.round ?? newRound(now(), false);
      this.#advance(round, ending);
      if (round.after === null) round = await this.#prepare(round, ending);
      logger.info({ ...round }, 'reading every blob of this node');
      round = await proveBlobs(
        round,
        { ...this.#options, giveWay: () => this.#giveWay(ending), onProven: (at) => this.#proven(at, ending) },
        ending,
      );
      await settled(SETTLE_MS_MAX, ending);
      this.#finish(round, ending);
      await writeCursor(this.#cursor);
    } catch (error) {
      if (!replaced.aborted || signal.aborted) throw error;
    } finally {
      if (!replaced.aborted) this.#activity = this.#cursor.round === null ? 'idle' : 'paused';
    }
  }

  async #prepare(round: ScrubRound, ending: AbortSignal): Promise<ScrubRound> {
    const totals = await retryWhileBusy(() => this.#options.catalogue.blobTotals());
    const counted = { ...round, blobsTotal: totals.blobs, bytesTotal: totals.bytes };
    this.#advance(counted, ending);
    await this.#check(ending);
    return counted;
  }

  /** A round that was replaced says nothing any more. */
  #advance(round: ScrubRound, ending: AbortSignal): void {
    ending.throwIfAborted();
    this.#cursor = { ...this.#cursor, round };
  }

  async #proven(round: ScrubRound, ending: AbortSignal): Promise<void> {
    this.#advance(round, ending);
    const nowMs = this.#options.now();
    if (nowMs - this.#cursorWrittenAtMs >= CURSOR_INTERVAL_MS) {
      this.#cursorWrittenAtMs = nowMs;
      await this.#options.writeCursor(this.#cursor);
    }
    await this.#checkWhenDue(ending);
  }

  #finish(round: ScrubRound, ending: AbortSignal): void {
    const { counts, logger, now } = this.#options;
    ending.throwIfAborted();
    this.#cursor = { round: null, finished: { round, atMs: now() } };
    counts.provenSinceMs = round.startedAtMs;
    const { found, repaired, lost } = counts;
    logger.info({ blobs: round.blobsDone, bytes: round.bytesDone, found, repaired, lost }, 'every blob of this node was read');
  }

  /** Others first. */
  async #giveWay(signal: AbortSignal): Promise<void> {
    const before = this.#activity;
    const onPause = (): void => {
      if (before === 'running') this.#activity = 'paused';
    };
    try {
      await this.#options.foreground.untilCalm(onPause, signal);
    } finally {
      this.#activity = before;
    }
  }

  async #checkWhenDue(signal: AbortSignal): Promise<void> {
    if (this.#checkDueInMs === 0) await this.#check(signal);
  }

  get #checkDueInMs(): number {
    return dueInMs(this.#checkedAtMs, CHECK_INTERVAL_MS, this.#options.now());
  }

  async #check(signal: AbortSignal): Promise<void> {
    // Others may wait for the same census: a round that is replaced does not end it.
    await this.takeCensus(this.#ended ?? signal);
    this.#recordsProven = await this.#options.proveRecords(() => this.#giveWay(signal), signal);
    this.#checkedAtMs = this.#options.now();
  }
}

function newRound(startedAtMs: number, isAskedFor: boolean): ScrubRound {
  return { startedAtMs, isAskedFor, blobsTotal: 0, bytesTotal: 0, blobsDone: 0, bytesDone: 0, after: null };
}
