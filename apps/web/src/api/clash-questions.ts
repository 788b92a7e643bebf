/**
 * What to do where something is already at the place that an entry is put to: asked one question at a time, whoever asks.
 * Within one operation on several entries one answer may stand for all that follow.
 */
import type { Entry } from '@netstore/shared-types';
import { Observable } from './observable.ts';

export type ClashChoice = 'replace' | 'keep-both' | 'skip';

export interface Clash {
  readonly space: string;
  readonly kind: Entry['kind'];
  /** What is there. */
  readonly existing: Entry;
}

export interface ClashQuestion extends Clash {
  readonly id: number;
  /** Other entries of the same operation may meet the same question. */
  readonly hasOthers: boolean;
  readonly onAnswer: (choice: ClashChoice, isForAll: boolean) => void;
}

export type AskClash = (clash: Clash) => Promise<ClashChoice>;

export class ClashQuestions {
  readonly open = new Observable<ClashQuestion | undefined>(undefined);
  #turn: Promise<unknown> = Promise.resolve();
  #lastId = 0;

  /** How one operation on so many entries asks. */
  asker(entryCount: number): AskClash {
    let forAll: ClashChoice | undefined;
    return (clash) => {
      const answer = this.#turn.then(async () => {
        if (forAll !== undefined && isPossible(forAll, clash)) return forAll;
        const { choice, isForAll } = await this.#ask(clash, entryCount > 1);
        if (isForAll) forAll = choice;
        return choice;
      });
      this.#turn = answer;
      return answer;
    };
  }

  /** Nobody is there any more to answer. */
  clear(): void {
    this.open.get()?.onAnswer('skip', true);
  }

  #ask(clash: Clash, hasOthers: boolean): Promise<{ readonly choice: ClashChoice; readonly isForAll: boolean }> {
    return new Promise((resolve) => {
      const onAnswer = (choice: ClashChoice, isForAll: boolean): void => {
        this.open.set(undefined);
        resolve({ choice, isForAll });
      };
      this.#lastId += 1;
      this.open.set({ ...clash, id: this.#lastId, hasOthers, onAnswer });
    });
  }
}

/** A file cannot replace a folder, nor a folder a file. */
export function isPossible(choice: ClashChoice, { kind, existing }: Clash): boolean {
  return choice !== 'replace' || kind === existing.kind;
}
