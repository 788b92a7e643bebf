/** What everything in one schedule shares: time, chance, the network, and those who watch. */
import type { Incarnation } from '@netstore/shared-types';
import type { Checker } from '../check/checker.ts';
import type { Coverage } from '../check/coverage.ts';
import type { Rules } from '../rules.ts';
import { Network } from './network.ts';
import type { Random } from './random.ts';
import { Hashes, type RecordBody, type SimRecord } from './record.ts';
import { TimeLine } from './time-line.ts';

export interface WorldOptions {
  readonly random: Random;
  readonly rules: Rules;
  readonly coverage: Coverage;
  /** Told what happens, for people; undefined when nobody reads it. */
  readonly onTrace: ((line: string) => void) | undefined;
}

export class World {
  readonly random: Random;
  readonly rules: Rules;
  readonly time = new TimeLine();
  readonly network: Network;
  readonly #coverage: Coverage;
  readonly #onTrace: ((line: string) => void) | undefined;
  readonly #hashes = new Hashes();
  #checker: Checker | undefined;
  #disks = 0;

  constructor({ random, rules, coverage, onTrace }: WorldOptions) {
    this.random = random;
    this.rules = rules;
    this.#coverage = coverage;
    this.#onTrace = onTrace;
    this.network = new Network(this.time, random);
  }

  /** Set once, before anything happens: who watches looks at the world, too. */
  set checker(checker: Checker) {
    this.#checker = checker;
  }

  get checker(): Checker {
    if (this.#checker === undefined) throw new Error('Nobody watches this world');
    return this.#checker;
  }

  cover(branch: string, count = 1): void {
    this.#coverage.add(branch, count);
  }

  trace(line: () => string): void {
    this.#onTrace?.(`${this.time.nowMs.toFixed(1).padStart(9)} ${line()}`);
  }

  newIncarnation(): Incarnation {
    this.#disks += 1;
    return `disk-${this.#disks}` as Incarnation;
  }

  seal(draft: { seq: number; epoch: number; previous: string; body: RecordBody }): SimRecord {
    const unsealed = { ...draft, timeMs: this.time.nowMs };
    const record = { ...unsealed, hash: this.#hashes.of(unsealed) };
    this.checker.sealed(record);
    return record;
  }
}
