/** Control conversations between nodes: forming the cluster, promises, heartbeats. */
import { NetStoreError, type NodeId, newIncarnation } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import type { Members } from '../replication/members.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handlers } from './handler.ts';

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
}

export function membershipHandlers(options: MembershipOptions): Pick<Handlers, 'GET_IDENTITY' | 'FORM' | 'REQUEST_PROMISE' | 'HEARTBEAT'> {
  const { self, nodes, identity, adopt, members, replicator, vote, blobs } = options;
  const admit = (connection: Connection): void => members.admit(connection.peer.nodeId as NodeId, connection.peer.incarnation);
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
      if (proposed.join() !== nodes.join()) {
        throw new NetStoreError(
          'NS_CONFIG_INVALID',
          `The nodes differ: ${connection.peer.nodeId} has ${proposed.join(', ')}, ${self} has ${nodes.join(', ')}`,
        );
      }
      const known = identity() ?? (await adopt({ clusterId, nodeId: self, incarnation: newIncarnation() }));
      if (known.clusterId !== clusterId)
        throw new NetStoreError('NS_WRONG_CLUSTER', `${self} belongs to cluster ${known.clusterId} already`);
      await connection.send('FORMED', { incarnation: known.incarnation });
    },
    REQUEST_PROMISE: async ({ epoch, candidate }, connection) => {
      admit(connection);
      requireOwnName(connection, candidate);
      if (!replicator.isMember) throw new NetStoreError('NS_CONFLICT', `${self} is a learner: it may not promise`);
      await connection.send('PROMISE', await replicator.following.promise(epoch, candidate));
    },
    HEARTBEAT: async ({ epoch, primary }, connection) => {
      admit(connection);
      requireOwnName(connection, primary);
      await replicator.offered(epoch, primary);
      const { seq, hash } = vote.current.acknowledged;
      await connection.send('HEARTBEAT_ACK', {
        epoch,
        acknowledged: { seq, hash },
        generation: vote.current.generation,
        appliedSeq: replicator.applier.appliedSeq,
        debt: replicator.applier.debt,
        space: await blobs.space(),
      });
    },
  };
}

/** A node speaks for itself alone: promises are given to whom the handshake has proved. */
function requireOwnName({ peer }: Connection, named: NodeId): void {
  if (named !== peer.nodeId) throw new NetStoreError('NS_WRONG_NODE', `${peer.nodeId} asks for ${named}`);
}
