/** Gateways and their clients: operations under ids of their own, tried again until they are answered or nobody waits any longer. */
import type { NodeId } from '@netstore/shared-types';
import type { Invariants } from '../check/invariants.ts';
import type { Connection, EndPoint } from '../world/connection.ts';
import { type Fiber, Life, Scope, Task } from '../world/fiber.ts';
import type { Message, MessageName, MessageOf, SimOutcome } from '../world/messages.ts';
import type { SimOperation } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { World } from '../world/world.ts';
import { NODES } from './cluster.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const PATIENCE_MS = 9_000;
const PATHS = ['a', 'b', 'c'];

/** What the two gateways of a schedule share: names of operations and blobs. */
export class Traffic {
  readonly world: World;
  readonly invariants: Invariants;
  answeredCount = 0;
  #count = 0;

  constructor(world: World, invariants: Invariants) {
    this.world = world;
    this.invariants = invariants;
  }

  newOperation(): SimOperation {
    const { random } = this.world;
    this.#count += 1;
    const id = `op-${this.#count}`;
    const path = random.pick(PATHS);
    const isConditional = random.chance(0.2);
    const expectedVersion = isConditional ? (this.invariants.truth.state.entries.get(path)?.version ?? 0) : null;
    if (random.chance(0.25)) return { id, kind: 'delete', path, blobIds: [], expectedVersion };
    const blobIds = random.chance(0.2) ? [`${id}-x`, `${id}-y`] : [`${id}-x`];
    return { id, kind: 'put', path, blobIds, expectedVersion };
  }
}

export class Gateway {
  readonly #traffic: Traffic;
  readonly #end: EndPoint;
  readonly #scope: Scope;
  readonly #isHasty: boolean;
  /** The last node that answered as primary. */
  #hint: NodeId = NODES[0] as NodeId;
  /** The newest state that this gateway's clients have seen. */
  #tokenSeq = 0;

  constructor(name: string, traffic: Traffic, isHasty = false) {
    this.#isHasty = isHasty;
    const life = new Life(name);
    this.#traffic = traffic;
    this.#end = { life, name: { nodeId: name as NodeId, incarnation: null } };
    this.#scope = new Scope(life);
  }

  spawn<Result>(fiber: Fiber<Result>): Task<Result> {
    const { world, invariants } = this.#traffic;
    return new Task(world.time, this.#scope, fiber, (error) => invariants.defect(this.#end.name.nodeId, error));
  }

  stop(): void {
    this.#end.life.isDead = true;
  }

  /** One thing after the other until the gateway stops; now and then the other one is asked for the same. */
  *work(paceMs: number, other: Gateway): Fiber {
    const { random } = this.#traffic.world;
    for (;;) {
      yield random.between(0, paceMs);
      if (random.chance(0.3)) yield* this.read();
      else {
        const operation = this.#traffic.newOperation();
        if (random.chance(0.15)) other.spawn(other.perform(operation));
        yield* this.perform(operation);
      }
    }
  }

  /** Undefined when nobody waits any longer: it may or may not have happened. */
  *perform(operation: SimOperation): Fiber<SimOutcome | undefined> {
    const { world } = this.#traffic;
    const untilMs = world.time.nowMs + PATIENCE_MS;
    const lacking = new Set(operation.blobIds);
    while (world.time.nowMs < untilMs) {
      try {
        for (const blobId of [...lacking]) yield* this.#put(blobId, lacking);
        const outcome = yield* this.#commit(operation, lacking);
        if (outcome === undefined) continue;
        this.#tokenSeq = Math.max(this.#tokenSeq, outcome.seq);
        this.#traffic.answeredCount += 1;
        world.trace(() => `${operation.id} ${operation.kind} ${operation.path} is answered: ${JSON.stringify(outcome)}`);
        return outcome;
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
        this.#hint = world.random.pick(NODES);
        yield world.random.between(20, 300);
      }
    }
    world.cover('operation left unknown');
    return undefined;
  }

  /** A hasty gateway goes on with a blob that nobody said two members hold: it is for the nodes to see to it. */
  *#put(blobId: string, lacking: Set<string>): Fiber {
    const { random } = this.#traffic.world;
    try {
      yield* this.#ask({ name: 'PUT_BLOB', blobId, epoch: null }, 'BLOB_HELD');
    } catch (error) {
      if (!this.#isHasty || !random.chance(0.5)) throw error;
    }
    lacking.delete(blobId);
  }

  /** Undefined when blobs are to be sent again. */
  *#commit(operation: SimOperation, lacking: Set<string>): Fiber<SimOutcome | undefined> {
    const connection = yield* this.#dial(this.#hint);
    try {
      connection.send({ name: 'COMMIT', operation });
      const answer = yield* connection.receive(ANSWER_TIMEOUT_MS);
      if (answer.name === 'COMMITTED') return answer.outcome;
      if (answer.name !== 'BLOBS_MISSING') throw new SimError('NS_CONFLICT', answer.name === 'FAIL' ? answer.reason : answer.name);
      for (const blobId of answer.blobIds) lacking.add(blobId);
      return undefined;
    } finally {
      connection.destroy();
    }
  }

  /** By a version token, or what is true now; mostly from the primary. */
  *read(): Fiber {
    const { random } = this.#traffic.world;
    const isByToken = random.chance(0.3);
    const node = isByToken || random.chance(0.2) ? random.pick(NODES) : this.#hint;
    yield* this.readFrom(node, random.pick(PATHS), isByToken);
  }

  *readFrom(node: NodeId, path: string, isByToken = false): Fiber {
    const { world, invariants } = this.#traffic;
    const leastSeq = isByToken ? this.#tokenSeq : invariants.clients.leastOf(path);
    const question = { name: 'GET_ENTRY', path, minSeq: isByToken ? this.#tokenSeq : null } as const;
    try {
      const { found } = yield* this.#ask(question, 'ENTRY', node);
      this.#tokenSeq = Math.max(this.#tokenSeq, found.appliedSeq);
      invariants.clients.wasRead(path, found, { leastSeq, isByToken });
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      this.#hint = world.random.pick(NODES);
    }
  }

  *#ask<Name extends MessageName>(message: Message, answer: Name, node = this.#hint): Fiber<MessageOf<Name>> {
    const connection = yield* this.#dial(node);
    try {
      return yield* connection.request(message, answer, ANSWER_TIMEOUT_MS);
    } finally {
      connection.destroy();
    }
  }

  #dial(node: NodeId): Fiber<Connection> {
    return this.#traffic.world.network.dial(this.#end, node, 'gateway');
  }

  /** A person at the command line asks this of a node; false when it is refused. */
  *order<Name extends MessageName>(node: NodeId, message: Message, answer: Name): Fiber<boolean> {
    const connection = yield* this.#dial(node);
    try {
      yield* connection.request(message, answer, 2 * ANSWER_TIMEOUT_MS);
      return true;
    } finally {
      connection.destroy();
    }
  }
}
