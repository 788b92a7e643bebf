/** Takes the new disk of a node in: `Joining`. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { EarlierEnds } from '../../core/earlier-ends.ts';
import type { Member } from '../../members.ts';
import { AbortedError, type Fiber } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import type { NodeParts } from './node-parts.ts';
import type { SimTerm } from './sim-term.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const POLL_MS = 250;
const WANTED_AGE_MS = 10_000;

export class SimJoining {
  readonly #parts: NodeParts;
  readonly #underWay = new Map<NodeId, Incarnation>();

  constructor(parts: NodeParts) {
    this.#parts = parts;
  }

  /** Whether the disk that answers under this name is a full member already; if not, it is being taken in from now on. */
  *replace(nodeId: NodeId, term: SimTerm): Fiber<boolean> {
    const { members, self, spawn } = this.#parts;
    if (nodeId === self) throw new SimError('NS_CONFLICT', `${nodeId} is primary`);
    const incarnation = yield* this.#adopt(nodeId);
    const refusal = members.refusalOf(nodeId, incarnation);
    if (refusal !== undefined) throw new SimError('NS_CONFLICT', refusal);
    if (members.isFull(nodeId, incarnation)) return true;
    if (this.#underWay.get(nodeId) === incarnation) return false;
    this.#underWay.set(nodeId, incarnation);
    spawn(term.scope, this.#join(nodeId, incarnation, term));
    return false;
  }

  *#adopt(nodeId: NodeId): Fiber<Incarnation> {
    const { world, end } = this.#parts;
    const connection = yield* world.network.dial(end, nodeId, 'control');
    try {
      if (connection.peer.incarnation !== null) return connection.peer.incarnation;
      yield* connection.request({ name: 'ADOPT' }, 'FORMED', ANSWER_TIMEOUT_MS);
    } finally {
      connection.destroy();
    }
    const again = yield* world.network.dial(end, nodeId, 'control');
    again.destroy();
    if (again.peer.incarnation === null) throw new SimError('NS_WRONG_NODE', `${nodeId} is blank still`);
    return again.peer.incarnation;
  }

  *#join(nodeId: NodeId, incarnation: Incarnation, term: SimTerm): Fiber {
    const { tail, world } = this.#parts;
    const progress = term.progressOf(nodeId);
    world.cover('join: begun');
    try {
      let ends: EarlierEnds | undefined;
      while (this.#goesOn(nodeId, incarnation, term)) {
        const isOpen = progress?.incarnation === incarnation;
        ends = isOpen ? (ends ?? new EarlierEnds(tail.durableSeq, WANTED_AGE_MS / POLL_MS)) : undefined;
        const wantedSeq = ends?.earliest ?? tail.durableSeq;
        const isComplete = progress !== undefined && world.rules.holdsEnough(progress, incarnation, wantedSeq);
        if (isComplete && term.isServing) yield* this.#propose({ nodeId, incarnation }, wantedSeq, term);
        ends?.look(tail.durableSeq);
        yield POLL_MS;
      }
    } catch (error) {
      if (!(error instanceof SimError || error instanceof AbortedError)) throw error;
      world.cover('join: epoch ended first');
    } finally {
      if (this.#underWay.get(nodeId) === incarnation) this.#underWay.delete(nodeId);
    }
  }

  /** Not when another disk was put in its place meanwhile. */
  #goesOn(nodeId: NodeId, incarnation: Incarnation, term: SimTerm): boolean {
    return !term.scope.isAborted && this.#underWay.get(nodeId) === incarnation && !this.#parts.members.isFull(nodeId, incarnation);
  }

  *#propose({ nodeId, incarnation }: Member, wantedSeq: number, term: SimTerm): Fiber {
    const { members, world } = this.#parts;
    world.checker.takingIn(incarnation, wantedSeq);
    const remaining = members.current.filter((member) => member.nodeId !== nodeId);
    yield* term.proposals.propose({ kind: 'join', nodeId, members: [...remaining, { nodeId, incarnation }] });
    world.cover('join: committed');
  }
}
