/** A world with a cluster and clients in it, before anything has happened. Schedules play on it, and so do tests of single rules. */
import type { NodeId } from '@netstore/shared-types';
import { Coverage } from '../check/coverage.ts';
import { Invariants } from '../check/invariants.ts';
import type { Violation } from '../check/verdict.ts';
import { PRODUCTION_RULES, type Rules } from '../rules.ts';
import type { Random } from '../world/random.ts';
import { World } from '../world/world.ts';
import { Gateway, Traffic } from './client.ts';
import { Cluster, NODES } from './cluster.ts';

export interface StageOptions {
  readonly random: Random;
  readonly rules?: Rules | undefined;
  readonly coverage?: Coverage | undefined;
  readonly onTrace?: ((line: string) => void) | undefined;
  /** Of each node, its own configured order of all. */
  readonly orders?: readonly (readonly NodeId[])[];
  readonly isAutomatic?: boolean;
  readonly preferAfterMs?: number;
}

const NEVER_MS = 24 * 3_600_000;

export class Stage {
  readonly world: World;
  readonly invariants: Invariants;
  readonly cluster: Cluster;
  readonly traffic: Traffic;

  constructor({ random, rules = PRODUCTION_RULES, coverage = new Coverage(), onTrace, ...options }: StageOptions) {
    this.world = new World({ random, rules, coverage, onTrace });
    this.invariants = new Invariants(this.world);
    this.world.checker = this.invariants;
    const { orders = NODES.map(() => NODES), isAutomatic = true, preferAfterMs = NEVER_MS } = options;
    this.cluster = new Cluster({ world: this.world, invariants: this.invariants, orders, isAutomatic, preferAfterMs });
    this.traffic = new Traffic(this.world, this.invariants);
  }

  get violation(): Violation | undefined {
    return this.invariants.verdict.violation;
  }

  gateway(name: string, isHasty = false): Gateway {
    return new Gateway(name, this.traffic, isHasty);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.world.time.runUntil(this.world.time.nowMs + ms);
  }

  /** Lets time pass until it is so, for at most so long. Whether it came to be so. */
  until(isSo: () => boolean, limitMs: number, stepMs = 10): boolean {
    for (let passedMs = 0; passedMs < limitMs && !isSo() && this.violation === undefined; passedMs += stepMs) this.pass(stepMs);
    return isSo();
  }
}
