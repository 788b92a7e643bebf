/** Short messages about what was done or went wrong, shown for a while and spoken by screen readers. */
import { type ApiProblem, toApiProblem } from './api-problem.ts';
import { Observable } from './observable.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'done' | 'problem';
  readonly text: string;
  readonly requestId: string | undefined;
}

const SHOWN_MAX = 4;
const DONE_MS = 5000;

export class Notices {
  readonly shown = new Observable<readonly Notice[]>([]);
  /** The last thing said only to screen readers. */
  readonly spoken = new Observable('');
  #lastId = 0;

  done(text: string): void {
    const id = this.#show({ tone: 'done', text, requestId: undefined });
    window.setTimeout(() => this.dismiss(id), DONE_MS);
  }

  /** Stays until it is dismissed: nobody should miss that something failed. */
  problem(what: string, thrown: unknown): void {
    const problem: ApiProblem = toApiProblem(thrown);
    this.#show({ tone: 'problem', text: `${what} ${problem.message}`, requestId: problem.requestId });
  }

  trouble(text: string): void {
    this.#show({ tone: 'problem', text, requestId: undefined });
  }

  speak(text: string): void {
    this.spoken.set(text);
  }

  dismiss(id: number): void {
    this.shown.set(this.shown.get().filter((notice) => notice.id !== id));
  }

  #show(notice: Omit<Notice, 'id'>): number {
    this.#lastId += 1;
    this.shown.set([...this.shown.get(), { id: this.#lastId, ...notice }].slice(-SHOWN_MAX));
    return this.#lastId;
  }
}
