/** One machine: a disk that lasts, and the process that runs on it or does not. */
import type { NodeId } from '@netstore/shared-types';
import { serveConnection } from '../node/serve.ts';
import { SimNode } from '../node/sim-node.ts';
import { SimDisk } from '../world/disk.ts';
import { codeOf } from '../world/sim-error.ts';
import type { World } from '../world/world.ts';

export interface MachineOptions {
  readonly world: World;
  readonly id: NodeId;
  /** All nodes in this one's configured order. */
  readonly nodes: readonly NodeId[];
  readonly isAutomatic: boolean;
  readonly preferAfterMs: number;
}

export class Machine {
  readonly id: NodeId;
  disk: SimDisk;
  node: SimNode | undefined;
  /** The disk was put back to an older state: it has to be replaced. */
  isRolledBack = false;
  /** The disk that was in this machine before. */
  oldDisk: SimDisk | undefined;
  /** The last time. */
  frozen = { fromMs: 0, untilMs: 0 };
  /** Counts starts, so that a planned restart does not start what was started meanwhile. */
  starts = 0;
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.id = options.id;
    this.disk = new SimDisk(options.world.random);
  }

  start(): void {
    if (this.node !== undefined) return;
    const { world, id, nodes, isAutomatic, preferAfterMs } = this.#options;
    this.starts += 1;
    try {
      const node = new SimNode({
        world,
        self: id,
        nodes,
        disk: this.disk,
        isAutomatic,
        preferAfterMs,
        onFatal: (error) => this.#ended(node, error),
      });
      this.node = node;
      world.network.listen(id, {
        end: node.end,
        accept: (connection) => void node.spawn(node.scope, serveConnection(node, connection)),
      });
      node.start();
      world.trace(() => `${id} starts: log to ${this.disk.last.seq}, mark ${this.disk.vote.mark.seq}, applied ${this.disk.catalogue.seq}`);
    } catch (error) {
      world.cover(`start refused: ${codeOf(error)}`);
      world.checker.startRefused(id, error);
    }
  }

  #ended(node: SimNode, error: unknown): void {
    if (this.node === node) this.#options.world.checker.defect(this.id, error);
  }

  /** The process is gone in the middle of what it does. With the power, what was not synced is gone too. */
  crash(isPowerCut: boolean): void {
    const { node } = this;
    if (node === undefined) return;
    const { world } = this.#options;
    world.trace(() => `${this.id} ${isPowerCut ? 'loses power' : 'is killed'} as ${node.core.role}`);
    world.cover(`${isPowerCut ? 'power cut' : 'killed'} as ${node.core.role}`);
    node.life.isDead = true;
    node.scope.isAborted = true;
    this.node = undefined;
    this.disk.crash(isPowerCut);
    world.network.died(node.life, !isPowerCut);
  }

  freeze(forMs: number): void {
    if (this.node === undefined) return;
    this.#options.world.trace(() => `${this.id} is frozen for ${forMs.toFixed(0)} ms as ${this.node?.core.role}`);
    this.#options.world.cover(`frozen as ${this.node.core.role}`);
    const { nowMs } = this.#options.world.time;
    this.node.life.frozenUntilMs = nowMs + forMs;
    this.frozen = { fromMs: nowMs, untilMs: nowMs + forMs };
  }

  /** The process has to be down. */
  replaceDisk(disk = new SimDisk(this.#options.world.random)): void {
    this.oldDisk = this.disk;
    this.disk = disk;
    this.isRolledBack = false;
  }
}
