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
  readonly makeChecker: (world: World) => Checker;
}

export class World {
  readonly random: Random;
  readonly rules: Rules;
  readonly checker: Checker;
  readonly time = new TimeLine();
  readonly network: Network;
  readonly #coverage: Coverage;
  readonly #onTrace: ((line: string) => void) | undefined;
  readonly #hashes = new Hashes();
  #disks = 0;

  constructor({ random, rules, coverage, onTrace, makeChecker }: WorldOptions) {
    this.random = random;
    this.rules = rules;
    this.#coverage = coverage;
    this.#onTrace = onTrace;
    this.network = new Network(this.time, random);
    this.checker = makeChecker(this);
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
