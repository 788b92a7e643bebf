/**
 * Takes the new disk of a node in: it belongs to the cluster as a learner first, gets the log and every blob, and turns full with a record that
 * the others commit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type Incarnation, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { encodeJoin } from '../log/payload.ts';
import type { Identity } from '../membership/identity.ts';
import { EarlierEnds } from './core/earlier-ends.ts';
import { holdsEnough } from './core/holds-enough.ts';
import type { LogTail } from './log-tail.ts';
import type { Members } from './members.ts';
import type { Peers } from './peers.ts';
import type { PrimaryTerm } from './primary-term.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const POLL_MS = 250;
/**
 * What was the end of the log so long ago will do. While others write without a pause, the blobs of the last moments are always on their way. Safe with
 * any end since the stream to the new disk is open: what is committed after that is on the two others, with its blobs, and so is JOIN. Before, another
 * disk of the node may have been counted.
 */
const WANTED_AGE_MS = 10_000;
/** Why it takes so long is said every so often. */
const SAY_EVERY_MS = 30_000;

export interface JoiningOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly identity: () => Identity | undefined;
  readonly members: Members;
  readonly peers: Peers;
  readonly tail: LogTail;
  readonly logger: Logger;
}

export interface Replacing {
  readonly incarnation: Incarnation;
  /** The disk that answers under this name is a full member: nothing has to be done. */
  readonly isAlreadyMember: boolean;
}

export class Joining {
  readonly #options: JoiningOptions;
  /** Disks that are on their way in, by node. */
  readonly #underWay = new Map<NodeId, Incarnation>();

  constructor(options: JoiningOptions) {
    this.#options = options;
  }

  /** Resolves once the disk has its identity; the copying goes on for as long as this node is primary. Throws with the reason in plain words. */
  async replace(nodeId: NodeId, term: PrimaryTerm, signal: AbortSignal): Promise<Replacing> {
    const { self, nodes, members, peers } = this.#options;
    if (nodeId === self) throw new NetStoreError('NS_CONFLICT', `${nodeId} is primary: its disk cannot be replaced while it is`);
    const peer = peers.get(nodeId);
    if (peer === undefined)
      throw new NetStoreError('NS_BAD_REQUEST', `${nodeId} is no node of this cluster: expected one of ${nodes.join(', ')}`);
    const incarnation = await this.#adopt(nodeId, signal);
    const refusal = members.refusalOf(nodeId, incarnation);
    if (refusal !== undefined) throw new NetStoreError('NS_CONFLICT', refusal);
    if (members.isFull(nodeId, incarnation)) return { incarnation, isAlreadyMember: true };
    if (this.#underWay.get(nodeId) !== incarnation) {
      this.#underWay.set(nodeId, incarnation);
      void this.#join(nodeId, incarnation, term);
    }
    return { incarnation, isAlreadyMember: false };
  }

  /** The incarnation of the disk that answers under the name; a blank one gets its identity. */
  async #adopt(nodeId: NodeId, signal: AbortSignal): Promise<Incarnation> {
    const { peers, identity, nodes } = this.#options;
    const own = identity();
    const peer = peers.get(nodeId);
    if (own === undefined || peer === undefined) throw new NetStoreError('NS_INTERNAL', 'A blank node is no primary');
    const deadline = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    await using connection = await peer.dial('control', signal, { isBlankWelcome: true });
    const found = await connection.request('GET_IDENTITY', {}, 'IDENTITY', deadline);
    if (found.incarnation !== null) {
      if (found.clusterId !== own.clusterId)
        throw new NetStoreError(
          'NS_WRONG_CLUSTER',
          `${nodeId} holds a disk of another cluster, ${found.clusterId}: give it an empty directory`,
        );
      return found.incarnation;
    }
    const { incarnation } = await connection.request('ADOPT', { clusterId: own.clusterId, nodes: [...nodes] }, 'FORMED', deadline);
    return incarnation;
  }

  async #join(nodeId: NodeId, incarnation: Incarnation, term: PrimaryTerm): Promise<void> {
    const { members, tail, logger } = this.#options;
    const progress = term.progressOf(nodeId);
    logger.info({ nodeId, incarnation }, 'a new disk is being taken in');
    try {
      let ends: EarlierEnds | undefined;
      for (let looks = 1; this.#goesOn(nodeId, incarnation, term); looks += 1) {
        const isOpen = progress?.incarnation === incarnation;
        ends = isOpen ? (ends ?? new EarlierEnds(tail.durableSeq, WANTED_AGE_MS / POLL_MS)) : undefined;
        const wantedSeq = ends?.earliest ?? tail.durableSeq;
        const isComplete = progress !== undefined && holdsEnough(progress, incarnation, wantedSeq);
        if (isComplete && term.isServing) await this.#propose(nodeId, incarnation, term).catch(unlessBusy);
        else if (looks % (SAY_EVERY_MS / POLL_MS) === 0)
          logger.warn({ nodeId, incarnation, wantedSeq, ...progress?.told }, 'the new disk does not hold everything yet');
        ends?.look(tail.durableSeq);
        await sleep(POLL_MS, undefined, { signal: term.ended });
      }
      if (members.isFull(nodeId, incarnation)) logger.info({ nodeId, incarnation, ...progress?.told }, 'the new disk is a full member');
    } catch (thrown) {
      if (!term.ended.aborted) logger.error({ nodeId, reason: toNetStoreError(thrown).message }, 'the new disk could not be taken in');
    } finally {
      if (this.#underWay.get(nodeId) === incarnation) this.#underWay.delete(nodeId);
    }
  }

  /** Not when another disk was put in its place meanwhile. */
  #goesOn(nodeId: NodeId, incarnation: Incarnation, term: PrimaryTerm): boolean {
    return !term.ended.aborted && this.#underWay.get(nodeId) === incarnation && !this.#options.members.isFull(nodeId, incarnation);
  }

  async #propose(nodeId: NodeId, incarnation: Incarnation, term: PrimaryTerm): Promise<void> {
    const others = this.#options.members.current.filter((member) => member.nodeId !== nodeId);
    const members = [...others, { nodeId, incarnation }];
    await term.proposals.propose('join', encodeJoin({ nodeId, incarnation, members }));
  }
}

/** Too many operations wait: it is proposed again. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof NetStoreError && error.code === 'NS_BUSY')) throw error;
}
