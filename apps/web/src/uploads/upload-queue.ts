/**
 * All uploads of this page, a few of them at work at once. Lives outside the components, so that it goes on while the
 * user walks about. Knows no network and no clock: the ports bring them.
 *
 * An upload that has to be tried again keeps its place among the few at work, so that a server that is away stops the
 * queue instead of failing every file in it.
 */
import type { ReplicaCount } from '@netstore/shared-types';
import { type ApiProblem, toApiProblem } from '../api/api-problem.ts';
import type { ClashChoice } from '../api/clash-questions.ts';
import { Observable, type ReadonlyObservable } from '../api/observable.ts';
import { nextName } from '../names/conflict-name.ts';
import { joinPath, nameOf, parentOf } from '../names/path.ts';
import { advance, canRestart, isUnfinished, type Upload, type UploadEvent } from './upload.ts';
import type { UploadPorts } from './upload-ports.ts';
import { NO_UPLOADS, type UploadTotals, withChange } from './upload-totals.ts';
import { judge, type Tries, type Verdict } from './verdict.ts';

export interface NewFile {
  readonly path: string;
  readonly file: File;
}

type Failure = { readonly problem: ApiProblem; readonly tries: Tries; readonly signal: AbortSignal };

/** Uploads at work at once. */
export const PARALLEL_MAX = 4;
/** Files that the page holds on to at once. */
export const UPLOADS_MAX = 100_000;

export class UploadQueue {
  readonly #ports: UploadPorts;
  readonly #uploads = new Map<number, Upload>();
  readonly #aborts = new Map<number, AbortController>();
  readonly #choices = new Map<number, ClashChoice>();
  readonly #revision = new Observable(0);
  readonly #waiting: number[] = [];
  #totals = NO_UPLOADS;
  #lastId = 0;
  #lastBatch = 0;
  #isTelling = false;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  /** Changes, at a bounded rate, whenever anything about any upload did. */
  get revision(): ReadonlyObservable<number> {
    return this.#revision;
  }

  get totals(): UploadTotals {
    return this.#totals;
  }

  list(): Upload[] {
    return [...this.#uploads.values()];
  }

  openBatch(): number {
    this.#lastBatch += 1;
    return this.#lastBatch;
  }

  /** Returns how many were taken: the queue is bounded. */
  add(batch: number, space: string, files: readonly NewFile[]): number {
    const taken = files.slice(0, Math.max(0, UPLOADS_MAX - this.#uploads.size));
    for (const { path, file } of taken) {
      this.#lastId += 1;
      const upload: Upload = {
        id: this.#lastId,
        batch,
        space,
        path,
        file,
        key: this.#ports.newKey(),
        clashRule: 'ask',
        stage: { kind: 'waiting' },
      };
      this.#put(upload);
      this.#waiting.push(upload.id);
    }
    this.#pump();
    return taken.length;
  }

  cancel(id: number): void {
    this.#apply(id, { kind: 'cancel' });
    this.#aborts.get(id)?.abort();
  }

  cancelAll(): void {
    for (const upload of this.#uploads.values()) if (isUnfinished(upload)) this.cancel(upload.id);
  }

  retry(id: number): void {
    const upload = this.#uploads.get(id);
    if (upload === undefined || !canRestart(upload)) return;
    const { stage } = upload;
    const keepsKey = stage.kind === 'failed' ? stage.failure.isOutcomeUnknown : stage.kind === 'cancelled' && stage.wasSent;
    this.#apply(id, { kind: 'restart', key: keepsKey ? upload.key : this.#ports.newKey() });
    this.#waiting.push(id);
    this.#pump();
  }

  retryFailed(): void {
    for (const upload of this.#uploads.values()) if (upload.stage.kind === 'failed') this.retry(upload.id);
  }

  /** Decides a clash; `forAll` decides those of the same batch too, present and future. */
  choose(id: number, choice: ClashChoice, forAll: boolean): void {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return;
    if (forAll) this.#choices.set(upload.batch, choice);
    const decided = forAll ? this.list().filter((other) => other.batch === upload.batch && other.stage.kind === 'clash') : [upload];
    for (const other of decided) this.#decide(other.id, choice);
    this.#pump();
  }

  /** How many replicas hold a stored file by now. */
  noteReplicas(id: number, { durable, total }: ReplicaCount): void {
    this.#apply(id, { kind: 'replicas', durable, total });
  }

  /** Forgets what is finished. */
  clearFinished(): void {
    for (const upload of this.list()) if (!isUnfinished(upload)) this.#remove(upload);
  }

  /** Cancels and forgets everything: another user must not inherit the files. */
  clear(): void {
    this.cancelAll();
    this.clearFinished();
    this.#choices.clear();
  }

  #pump(): void {
    while (this.#aborts.size < PARALLEL_MAX) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      if (this.#uploads.get(id)?.stage.kind === 'waiting' && !this.#aborts.has(id)) void this.#run(id);
    }
  }

  async #run(id: number): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    let tries: Tries = { attempts: 1, names: 1 };
    try {
      while (!abort.signal.aborted) {
        const problem = await this.#attempt(id, abort.signal);
        const upload = this.#uploads.get(id);
        if (problem === undefined || upload === undefined || abort.signal.aborted) return;
        const next = await this.#follow(upload, judge(upload, problem, tries), { problem, tries, signal: abort.signal });
        if (next === undefined) return;
        tries = next;
      }
    } finally {
      this.#aborts.delete(id);
      // A retry or a choice that came while this attempt was still ending had no place yet.
      if (this.#uploads.get(id)?.stage.kind === 'waiting') this.#waiting.push(id);
      this.#pump();
    }
  }

  async #attempt(id: number, signal: AbortSignal): Promise<ApiProblem | undefined> {
    this.#apply(id, { kind: 'start' });
    const upload = this.#uploads.get(id);
    if (upload === undefined) return undefined;
    try {
      const entry = await this.#ports.send(upload, {
        onProgress: (sentBytes) => this.#apply(id, { kind: 'progress', sentBytes }),
        onSent: () => this.#apply(id, { kind: 'sent' }),
        signal,
      });
      this.#apply(id, { kind: 'stored', durable: entry.replicas?.durable ?? 0, total: entry.replicas?.total ?? 0 });
      this.#ports.onStored(upload, entry);
      return undefined;
    } catch (thrown) {
      return toApiProblem(thrown);
    }
  }

  /** Resolves when it is time for the next attempt, or with `undefined` when there is to be none. */
  async #follow(upload: Upload, verdict: Verdict, { problem, tries, signal }: Failure): Promise<Tries | undefined> {
    switch (verdict.kind) {
      case 'ask': {
        this.#apply(upload.id, { kind: 'clash' });
        const choice = this.#choices.get(upload.batch);
        if (choice !== undefined) this.#decide(upload.id, choice);
        return undefined;
      }
      case 'try-next-name': {
        this.#apply(upload.id, { kind: 'rename', path: nextPath(upload.path), key: this.#ports.newKey() });
        return { ...tries, names: tries.names + 1 };
      }
      case 'wait-for-sign-in':
        this.#apply(upload.id, { kind: 'retry-later', reason: 'Waits until you sign in again.' });
        await this.#ports.signedIn(signal);
        return tries;
      case 'try-again':
        this.#apply(upload.id, { kind: 'retry-later', reason: problem.message });
        await this.#ports.wait(verdict.delayMs, signal);
        return verdict.countsAsAttempt ? { ...tries, attempts: tries.attempts + 1 } : tries;
      case 'fail':
        this.#apply(upload.id, { kind: 'fail', failure: verdict.failure });
        return undefined;
    }
  }

  #decide(id: number, choice: ClashChoice): void {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return;
    const path = choice === 'keep-both' ? nextPath(upload.path) : upload.path;
    this.#apply(id, { kind: 'choose', choice, path, key: this.#ports.newKey() });
    if (choice !== 'skip') this.#waiting.push(id);
  }

  #apply(id: number, event: UploadEvent): void {
    const before = this.#uploads.get(id);
    if (before === undefined) return;
    const after = advance(before, event);
    if (after !== before) this.#put(after);
  }

  #put(upload: Upload): void {
    this.#totals = withChange(this.#totals, this.#uploads.get(upload.id), upload);
    this.#uploads.set(upload.id, upload);
    this.#tell();
  }

  #remove(upload: Upload): void {
    this.#totals = withChange(this.#totals, upload, undefined);
    this.#uploads.delete(upload.id);
    this.#tell();
  }

  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#ports.soon(() => {
      this.#isTelling = false;
      this.#revision.set(this.#revision.get() + 1);
    });
  }
}

function nextPath(path: string): string {
  return joinPath(parentOf(path), nextName(nameOf(path)));
}
