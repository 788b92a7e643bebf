/** Control conversations between nodes: forming the cluster, promises, heartbeats. */
import { type ClusterId, type Incarnation, NetStoreError, type NodeId, newIncarnation } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import type { DebtSurvey } from '../repair/debt-survey.ts';
import type { Members } from '../replication/members.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handlers } from './handler.ts';
import { isFull } from './show-space.ts';

const SPACE_MS = 1_000;

export interface MembershipOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly identity: () => Identity | undefined;
  /** Durable once it returns. Of several at the same time the first one wins, and all get it. */
  readonly adopt: (identity: Identity) => Promise<Identity>;
  readonly members: Members;
  readonly replicator: Replicator;
  readonly vote: VoteStore;
  readonly blobs: BlobStore;
  readonly debtSurvey: DebtSurvey;
}

type MembershipName = 'GET_IDENTITY' | 'FORM' | 'ADOPT' | 'REQUEST_PREVOTE' | 'REQUEST_PROMISE' | 'HEARTBEAT' | 'HAND_OVER';

export function membershipHandlers(options: MembershipOptions): Pick<Handlers, MembershipName> {
  const { self, nodes, identity, adopt, members, replicator, vote, blobs, debtSurvey } = options;
  const isDiskFull = remembered(async () => isFull(await blobs.space()), SPACE_MS);
  const requireSameNodes = (proposed: readonly NodeId[], { peer }: Connection): void => {
    if (proposed.join() === nodes.join()) return;
    throw new NetStoreError(
      'NS_CONFIG_INVALID',
      `The nodes differ: ${peer.nodeId} has ${proposed.join(', ')}, ${self} has ${nodes.join(', ')}`,
    );
  };
  const requireCluster = (known: Identity, clusterId: ClusterId): void => {
    if (known.clusterId !== clusterId) throw new NetStoreError('NS_WRONG_CLUSTER', `${self} belongs to cluster ${known.clusterId} already`);
  };
  /** Why this node's vote is not to be had; undefined when it is. */
  const whyRefused = (connection: Connection, candidate: NodeId, generation: number): string | undefined => {
    const { nodeId, incarnation } = requireOwnName(connection, candidate);
    members.admit(nodeId, incarnation);
    if (!replicator.trust.isTrustedOn(connection, generation)) return members.refusalOf(nodeId, incarnation) ?? `${nodeId} is refused`;
    return replicator.isMember ? undefined : `${self} is a learner: it may not promise`;
  };
  return {
    GET_IDENTITY: (_, connection) => {
      const known = identity();
      return connection.send('IDENTITY', {
        isBlank: known === undefined,
        clusterId: known?.clusterId ?? null,
        incarnation: known?.incarnation ?? null,
        nodes: [...nodes],
        lastSeq: replicator.tail.last.seq,
      });
    },
    FORM: async ({ clusterId, nodes: proposed }, connection) => {
      requireSameNodes(proposed, connection);
      const known = identity() ?? (await adopt({ clusterId, nodeId: self, incarnation: newIncarnation() }));
      requireCluster(known, clusterId);
      await connection.send('FORMED', { incarnation: known.incarnation });
    },
    ADOPT: async ({ clusterId, nodes: proposed }, connection) => {
      requireSameNodes(proposed, connection);
      const known = identity() ?? (await adopt({ clusterId, nodeId: self, incarnation: newIncarnation() }));
      requireCluster(known, clusterId);
      await connection.send('FORMED', { incarnation: known.incarnation });
    },
    REQUEST_PREVOTE: async ({ candidate, generation }, connection) => {
      const reason = whyRefused(connection, candidate, generation);
      const answer = reason === undefined ? replicator.core.judgePrevote(candidate) : { isGranted: false, reason };
      await connection.send('PREVOTE', {
        ...answer,
        promisedEpoch: replicator.core.promised.epoch,
        generation: vote.current.generation,
      });
    },
    REQUEST_PROMISE: async ({ epoch, candidate, generation }, connection) => {
      const reason = whyRefused(connection, candidate, generation);
      if (reason !== undefined) throw new NetStoreError('NS_CONFLICT', reason);
      await connection.send('PROMISE', await replicator.following.promise(epoch, candidate));
    },
    HEARTBEAT: async ({ epoch, primary, held, disks }, connection) => {
      const { nodeId, incarnation } = requireOwnName(connection, primary);
      members.see(nodeId, incarnation);
      await replicator.offered(epoch, primary);
      replicator.copies.told(held);
      replicator.trust.learn(disks);
      const { seq, hash } = vote.current.acknowledged;
      await connection.send('HEARTBEAT_ACK', {
        epoch,
        acknowledged: { seq, hash },
        generation: vote.current.generation,
        appliedSeq: replicator.applier.appliedSeq,
        debt: replicator.applier.debt,
        lost: replicator.isMember ? null : debtSurvey.oldestLost,
        isDiskFull: await isDiskFull(),
      });
    },
    HAND_OVER: async ({ epoch, primary }, connection) => {
      requireOwnName(connection, primary);
      await replicator.takeOver(epoch, primary);
      await connection.send('HANDED_OVER', {});
    },
  };
}

/** A node speaks for itself alone: promises are given to whom the handshake has proved. */
function requireOwnName({ peer }: Connection, named: NodeId): { readonly nodeId: NodeId; readonly incarnation: Incarnation | null } {
  if (named !== peer.nodeId) throw new NetStoreError('NS_WRONG_NODE', `${peer.nodeId} asks for ${named}`);
  return { nodeId: named, incarnation: peer.incarnation };
}

/** The last answer for `forMs`: heartbeats that confirm reads come by the thousand. */
function remembered<Answer>(ask: () => Promise<Answer>, forMs: number): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  let askedAtMs = 0;
  return () => {
    if (answer === undefined || performance.now() - askedAtMs > forMs) {
      askedAtMs = performance.now();
      answer = ask();
    }
    return answer;
  };
}
