/** What replication needs of the rest of the node. */
import type { Logger } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { PeerGenerations } from '../membership/peer-generations.ts';
import type { VoteStore } from '../membership/vote.ts';
import type { Members } from './members.ts';
import type { Peers } from './peers.ts';

export interface ReplicatorOptions {
  readonly self: NodeId;
  /** All nodes in the configured order. */
  readonly nodes: readonly NodeId[];
  /** Undefined while this node is blank. */
  readonly identity: () => Identity | undefined;
  readonly failover: 'automatic' | 'manual';
  /** How long a node that the configuration prefers has to be caught up before the primary gives way to it. */
  readonly preferAfterMs: number;
  readonly members: Members;
  readonly peers: Peers;
  readonly generations: PeerGenerations;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** Milliseconds since 1970: the primary stamps records with it. */
  readonly now: () => number;
  /** The log found no room: something is given up for it. */
  readonly onLogFull: () => Promise<void>;
  /** The primary's log begins behind the end of this one: a snapshot has to take its place. */
  readonly onBehind: (primary: NodeId) => void;
  /** Replication cannot go on: the process has to end and prove what it holds at the next start. */
  readonly onFatal: (error: unknown) => void;
}
