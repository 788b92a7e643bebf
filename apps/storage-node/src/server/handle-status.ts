/** Status: what this node knows of itself and, as primary, of the others. */
import type { NodeId } from '@netstore/shared-types';
import type { Debt, Status } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Identity } from '../membership/identity.ts';
import type { Scrub } from '../repair/scrub.ts';
import { summarise } from '../repair/show-scrub.ts';
import type { Members } from '../replication/members.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { SnapshotCatchUp } from '../replication/snapshot-catch-up.ts';
import type { Handler } from './handler.ts';
import { diskProblemOf, spaceOf } from './show-space.ts';

const BLANK = 'This node is blank: it waits for the cluster to form.';

/** As long as a client waits for its answer. What has waited longer is told that nobody knows, and so are those behind it. */
const STUCK_AFTER_MS = 10_000;

export interface StatusOptions {
  readonly self: NodeId;
  readonly identity: () => Identity | undefined;
  readonly failover: Status['failover'];
  readonly members: Members;
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly scrub: Scrub;
  /** How many files lie in quarantine/. */
  readonly quarantined: () => Promise<number>;
  readonly catchUp: Pick<SnapshotCatchUp, 'waitsFor'>;
}

export function statusHandler(options: StatusOptions): Handler<'GET_STATUS'> {
  return async (_, connection) => connection.send('STATUS', await readStatus(options));
}

export async function readStatus(options: StatusOptions): Promise<Status> {
  const { self, identity, failover, members, replicator, blobs, scrub, quarantined } = options;
  const { core, applier, term } = replicator;
  const isPrimary = term?.isServing === true;
  const peers = term?.progress.map((peer) => peer.status(members.counts(peer.id), members.reasonAgainst(peer.id))) ?? [];
  const hasQuorum = peers.some((peer) => peer.isConnected && peer.isMember && peer.ackedSeq !== null);
  const isStuck = (term?.proposals.oldestAgeMs ?? 0) > STUCK_AFTER_MS;
  const disk = await blobs.space();
  return {
    nodeId: self,
    clusterId: identity()?.clusterId ?? null,
    role: isPrimary ? 'primary' : replicator.isMember ? 'secondary' : 'learner',
    epoch: core.promised.epoch,
    primary: isPrimary ? self : replicator.primaryHint,
    failover,
    canCommit: isPrimary && hasQuorum && !isStuck,
    lastSeq: replicator.tail.durableSeq,
    commitSeq: core.commitSeq,
    appliedSeq: applier.appliedSeq,
    debt: ownDebt(replicator),
    space: spaceOf(disk),
    diskProblem: diskProblemOf(disk),
    scrub: summarise(scrub.state),
    quarantined: await quarantined(),
    nowMs: Date.now(),
    filesAtRisk: isPrimary ? await countFilesAtRisk(options) : null,
    peers,
    reason: identity() === undefined ? BLANK : (options.catchUp.waitsFor ?? reasonOf(replicator, { isPrimary, hasQuorum, isStuck })),
  };
}

function ownDebt({ applier, copies }: Replicator): Debt {
  return { ...applier.debt, heldSeq: copies.heldSeq };
}

/** Files that are not known to be on every node: those newer than what the node that is furthest behind is known to hold. */
async function countFilesAtRisk({ replicator, members, catalogue }: StatusOptions): Promise<number> {
  const held = replicator.term?.progress.map((peer) => (members.counts(peer.id, peer.incarnation) ? peer.holdsSeq : 0)) ?? [];
  return catalogue.countFilesAbove(Math.min(replicator.copies.heldSeq, ...held));
}

interface Commits {
  readonly isPrimary: boolean;
  readonly hasQuorum: boolean;
  readonly isStuck: boolean;
}

function reasonOf(replicator: Replicator, { isPrimary, hasQuorum, isStuck }: Commits): string | null {
  if (replicator.trust.ownRefusal !== null) return replicator.trust.ownRefusal;
  if (!replicator.isMember) return 'This node is a learner: it gets copies, and neither votes nor counts until its disk is taken in.';
  if (isPrimary && !hasQuorum) return 'No secondary is connected: writes wait.';
  if (isPrimary)
    return isStuck ? 'Writes wait for more than 10 seconds: no secondary holds them yet. One may have no room for their bytes.' : null;
  if (replicator.core.waitingFor !== null) return `This node waits for another member to become primary: ${replicator.core.waitingFor}.`;
  if (replicator.core.role !== 'secondary') return 'This node waits for a second member to become primary.';
  return replicator.following.isConnected ? null : 'No primary is connected: this node shows what it has, which may be old.';
}
