/** Short messages about what was done or went wrong, shown for a while and spoken by screen readers. */
import { type ApiProblem, toApiProblem } from './api-problem.ts';
import { Observable } from './observable.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'done' | 'problem';
  readonly text: string;
  readonly requestId: string | undefined;
  readonly action: NoticeAction | undefined;
}

/** What can be done about it, once. */
export interface NoticeAction {
  readonly label: 'Undo' | 'Show';
  readonly onSelect: () => void;
}

const SHOWN_MAX = 4;
const DONE_MS = 5000;
/** Long enough to read it, to think, and to get there by keyboard. */
const DONE_WITH_ACTION_MS = 15_000;

export class Notices {
  readonly shown = new Observable<readonly Notice[]>([]);
  /** The last thing said only to screen readers. */
  readonly spoken = new Observable('');
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #lastId = 0;

  done(text: string, action?: NoticeAction): void {
    this.release(this.#show({ tone: 'done', text, requestId: undefined, action }));
  }

  /** Stays until it is dismissed: nobody should miss that something failed. */
  problem(what: string, thrown: unknown): void {
    const problem: ApiProblem = toApiProblem(thrown);
    this.#show({ tone: 'problem', text: `${what} ${problem.message}`, requestId: problem.requestId, action: undefined });
  }

  /** Something that was asked for failed; that it did not happen is said only where that is certain. */
  failed(name: string, how: 'moved' | 'deleted' | 'restored', thrown: unknown): void {
    const isUnknown = toApiProblem(thrown).isOutcomeUnknown;
    this.problem(isUnknown ? `Whether “${name}” was ${how} is not known.` : `“${name}” was not ${how}.`, thrown);
  }

  trouble(text: string): void {
    this.#show({ tone: 'problem', text, requestId: undefined, action: undefined });
  }

  speak(text: string): void {
    this.spoken.set(text);
  }

  /** A notice stays as long as the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    const notice = this.shown.get().find((each) => each.id === id);
    if (notice?.tone !== 'done') return;
    this.hold(id);
    const shownMs = notice.action === undefined ? DONE_MS : DONE_WITH_ACTION_MS;
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), shownMs),
    );
  }

  act({ id, action }: Notice): void {
    this.dismiss(id);
    action?.onSelect();
  }

  /** Takes back what was done last, where a notice still offers that. */
  undo(): void {
    const last = this.shown.get().findLast(({ action }) => action?.label === 'Undo');
    if (last !== undefined) this.act(last);
  }

  clear(): void {
    for (const { id } of this.shown.get()) this.dismiss(id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.shown.set(this.shown.get().filter((notice) => notice.id !== id));
  }

  #show(notice: Omit<Notice, 'id'>): number {
    this.#lastId += 1;
    this.shown.set([...this.shown.get(), { id: this.#lastId, ...notice }].slice(-SHOWN_MAX));
    return this.#lastId;
  }
}
