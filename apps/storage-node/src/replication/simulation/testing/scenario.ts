/** A cluster that a test brings into a situation, step by step. Fails loudly when it does not get there: a situation that never came proves nothing. */
import type { NodeId } from '@netstore/shared-types';
import type { Gateway } from '../play/client.ts';
import { GATEWAYS } from '../play/cluster.ts';
import type { Machine } from '../play/machine.ts';
import { orRefused } from '../play/operator.ts';
import { Stage, type StageOptions } from '../play/stage.ts';
import type { PeerName } from '../world/connection.ts';
import { Life, Scope, Task } from '../world/fiber.ts';
import type { Message } from '../world/messages.ts';
import { Random } from '../world/random.ts';

const SEED = 7;
const SOON_MS = 20_000;
/** Between two messages of one connection. */
export const MOMENT_MS = 0.02;

export class Scenario {
  readonly stage: Stage;
  readonly #client: Gateway;
  #operations = 0;

  constructor(options: Omit<StageOptions, 'random'> = {}) {
    this.stage = new Stage({ random: new Random(SEED), ...options });
    this.#client = this.stage.gateway(GATEWAYS[0] as NodeId);
  }

  get machines(): readonly [Machine, Machine, Machine] {
    return this.stage.cluster.machines as unknown as readonly [Machine, Machine, Machine];
  }

  /** All three are up, node-1 leads, and each has `count` operations. */
  begin(count = 3): void {
    this.stage.cluster.startAll();
    this.require(() => this.stage.cluster.primary === this.machines[0], 'node-1 leads');
    for (let made = 0; made < count; made += 1) this.write(this.machines[0]);
    const seq = this.stage.invariants.truth.seq;
    this.require(() => this.machines.every(({ disk }) => disk.catalogue.seq === seq), 'all have applied everything');
  }

  /** Time passes until it is so; a scenario that does not get there is of no use. A broken promise ends the waiting. */
  require(isSo: () => boolean, what: string, stepMs = 1): void {
    if (!this.stage.until(isSo, SOON_MS, stepMs) && this.stage.violation === undefined)
      throw new Error(`The scenario never came to this: ${what}`);
  }

  /** A delete, which needs no bytes; once it is acknowledged. */
  write({ id }: Machine): void {
    const task = this.propose(id);
    this.require(() => task.isDone, `a write to ${id} is answered`);
  }

  /** A delete on its way to a node. */
  propose(node: NodeId): Task<boolean> {
    this.#operations += 1;
    const operation = { id: `scenario-${this.#operations}`, kind: 'delete', path: 'a', blobIds: [], expectedVersion: null } as const;
    return this.ask(node, { name: 'COMMIT', operation });
  }

  ask(node: NodeId, question: Message): Task<boolean> {
    const answers = { COMMIT: 'COMMITTED', REPLACE: 'REPLACING', PROMOTE: 'PROMOTED' } as const;
    const answer = answers[question.name as keyof typeof answers];
    return this.#client.spawn(orRefused(this.#client.order(node, question, answer)));
  }

  /** A put of one blob, and a read of its path. */
  put(path: string): Task<unknown> {
    this.#operations += 1;
    const id = `scenario-${this.#operations}`;
    return this.#client.spawn(this.#client.perform({ id, kind: 'put', path, blobIds: [`${id}-x`], expectedVersion: null }));
  }

  read(node: NodeId, path: string): Task<void> {
    return this.#client.spawn(this.#client.readFrom(node, path));
  }

  /** Nothing goes between these two, or everything again. */
  cut(one: Machine, other: Machine): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const)
      this.stage.world.network.block(from.id, to.id);
  }

  /** A process that is no machine's any more opens a log stream, and says nothing else. */
  speakAs(name: PeerName, to: NodeId): void {
    const { network, time } = this.stage.world;
    const life = new Life('old process');
    new Task(time, new Scope(life), network.dial({ name, life }, to, 'log'));
  }

  heal(): void {
    this.stage.world.network.heal();
  }

  /** Everything is well again, and stays so. */
  end(): void {
    this.heal();
    for (const machine of this.stage.cluster.machines) machine.start();
    this.require(() => this.stage.cluster.whyNotConverged === undefined, 'all are equal and whole', 50);
    this.stage.pass(2_000);
  }
}
