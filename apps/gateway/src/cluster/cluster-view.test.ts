import type { Cluster, ClusterId, NodeId } from '@netstore/shared-types';
import type { NodeReport, Status } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import type { Pace } from './catch-up-pace.ts';
import { commitReadiness, clusterView as viewOf } from './cluster-view.ts';

const one = 'node-1' as NodeId;
const two = 'node-2' as NodeId;
const three = 'node-3' as NodeId;

const scrub: Status['scrub'] = { state: 'idle', finishedAtMs: 1_700_000_000_000, bytesTotal: 8, bytesDone: 8, lostBlobs: 0 };

function report(nodeId: NodeId, change: Partial<Status> = {}): NodeReport {
  const status: Status = {
    nodeId,
    clusterId: 'c'.repeat(32) as ClusterId,
    role: nodeId === one ? 'primary' : 'secondary',
    epoch: 3,
    primary: one,
    canCommit: nodeId === one,
    lastSeq: 10,
    commitSeq: 10,
    appliedSeq: 10,
    debt: { blobs: 0, bytes: 0, heldSeq: 10 },
    space: { usedBytes: 1, freeBytes: 2 },
    diskProblem: null,
    scrub,
    quarantined: 0,
    nowMs: 1_790_000_000_000,
    filesAtRisk: nodeId === one ? 0 : null,
    failover: 'manual',
    peers: [],
    reason: null,
    ...change,
  };
  return { nodeId, status };
}
const noPaces = new Map<NodeId, Pace>();
const clusterView = (reports: readonly NodeReport[]): Cluster => viewOf(reports, noPaces);
const silent = (nodeId: NodeId): NodeReport => ({ nodeId, status: null });
const safeOf = (reports: readonly NodeReport[]): boolean[] => clusterView(reports).nodes.map(({ isSafeToStop }) => isSafeToStop);
const reasonsOf = (reports: readonly NodeReport[]): string[] => clusterView(reports).nodes.map(({ reason }) => reason);

describe('the view of a cluster', () => {
  test('of three good nodes lets either secondary stop', () => {
    const reports = [report(one), report(two), report(three)];
    expect(clusterView(reports)).toMatchObject({ epoch: 3, primary: one, commitSeq: 10, filesAtRisk: 0 });
    expect(safeOf(reports)).toEqual([false, true, true]);
    expect(reasonsOf(reports).every((reason) => reason !== '')).toBe(true);
  });

  test('lets nobody stop when one is silent already', () => {
    const reports = [report(one), report(two), silent(three)];
    expect(safeOf(reports)).toEqual([false, false, false]);
    expect(clusterView(reports).nodes[2]).toMatchObject({ role: 'unreachable', epoch: null, reason: 'It does not answer.' });
  });

  test('counts no learner', () => {
    expect(safeOf([report(one), report(two), report(three, { role: 'learner' })])).toEqual([false, false, true]);
  });

  test('lets only the one stop that lacks bytes itself', () => {
    const reports = [report(one), report(two), report(three, { debt: { blobs: 2, bytes: 5, heldSeq: 8 }, lastSeq: 8 })];
    expect(safeOf(reports)).toEqual([false, false, true]);
    expect(clusterView(reports).nodes[2]).toMatchObject({ lag: 2, missingBlobs: 2, missingBytes: 5 });
    expect(reasonsOf(reports)[1]).toContain('node-3 still lacks');
  });

  test('believes the higher epoch of two that take themselves for the primary', () => {
    const reports = [report(one), report(two, { role: 'primary', epoch: 4, canCommit: true }), report(three)];
    expect(clusterView(reports)).toMatchObject({ primary: two, epoch: 4 });
    expect(clusterView(reports).nodes.map(({ role }) => role)).toEqual(['secondary', 'primary', 'secondary']);
  });

  test('without a primary says what is known and what is not', () => {
    const reports = [silent(one), report(two, { commitSeq: 9 }), report(three)];
    expect(clusterView(reports)).toMatchObject({ primary: null, commitSeq: 10, filesAtRisk: null });
    expect(clusterView(reports).nodes[1]?.lag).toBeNull();
    expect(safeOf(reports)).toEqual([false, false, false]);
    expect(clusterView(reports)).toMatchObject({ failover: reports[1]?.status?.failover, secondsUntilSafe: null });
    expect(clusterView(reports).riskReason).toContain('nobody can say');
  });

  test('says who is refused and why, and does not count on them', () => {
    const peer = { isConnected: true, isMember: true, ackedSeq: 10, debt: null, lastHeardAtMs: 1, reason: null };
    const peers = [
      { nodeId: two, ...peer },
      { nodeId: three, ...peer, isMember: false, reason: 'Its disk went back in time.' },
    ];
    const reports = [report(one, { peers, filesAtRisk: 4 }), report(two), report(three)];
    const view = clusterView(reports);
    expect(view.nodes[2]).toMatchObject({ role: 'learner', problem: 'Its disk went back in time.' });
    expect(view.riskReason).toBe('The copies of node-3 do not count: Its disk went back in time.');
    expect(safeOf(reports)).toEqual([false, false, true]);
    const gone = clusterView([report(one, { peers, filesAtRisk: 4 }), report(two), silent(three)]);
    expect(gone.nodes[2]).toMatchObject({ role: 'unreachable', problem: 'Its disk went back in time.', progress: null });
  });

  test('says that the primary does not hear a node that answers here', () => {
    const away = { nodeId: three, isConnected: false, isMember: true, ackedSeq: null, debt: null, lastHeardAtMs: null, reason: null };
    const reports = [report(one, { peers: [away] }), report(two), report(three)];
    expect(clusterView(reports).nodes[2]?.problem).toBe('The primary node-1 does not hear it.');
    expect(safeOf(reports)[1]).toBe(false);
  });

  test('says why files are at risk', () => {
    const lacking = report(three, { debt: { blobs: 1, bytes: 5, heldSeq: 8 } });
    const reasonOf = (...others: readonly NodeReport[]): string | null =>
      clusterView([report(one, { filesAtRisk: 3 }), ...others]).riskReason;
    expect(reasonOf(report(two), silent(three))).toBe('node-3 does not answer.');
    expect(reasonOf(report(two, { lastSeq: 9 }), lacking)).toBe('node-2 is 1 record behind. node-3 still lacks 1 blob.');
    expect(reasonOf(report(two), report(three))).toContain('on their way');
    expect(clusterView([report(one), report(two), report(three)])).toMatchObject({ filesAtRisk: 0, riskReason: null, secondsUntilSafe: 0 });
  });

  test('names lost blobs first, and never says that waiting makes them good', () => {
    const lost = (nodeId: NodeId, change: Partial<Status> = {}): NodeReport =>
      report(nodeId, { scrub: { ...scrub, lostBlobs: 2 }, ...change });
    const debt = { blobs: 3, bytes: 9, heldSeq: 4 };
    const done = new Map<NodeId, Pace>([one, two, three].map((id) => [id, { progress: 1, secondsLeft: 0 }]));
    const view = viewOf([lost(one, { filesAtRisk: 5 }), lost(two), lost(three, { debt })], done);
    expect(view).toMatchObject({ filesAtRisk: 5, secondsUntilSafe: null, nodes: [{ lostBlobs: 2 }, { lostBlobs: 2 }, { lostBlobs: 2 }] });
    expect(view.riskReason).toMatch(/^2 blobs are lost: no node has a good copy.* node-3 still lacks 3 blobs\.$/);
    const ofOldVersion = viewOf([lost(one), report(two), report(three)], done);
    expect(ofOldVersion).toMatchObject({ filesAtRisk: 1, secondsUntilSafe: null });
    const leaderless = viewOf([silent(one), lost(two), lost(three)], done);
    expect(leaderless).toMatchObject({ filesAtRisk: null, secondsUntilSafe: null });
    expect(leaderless.riskReason).toMatch(/^2 blobs are lost.*No primary is active/);
  });

  test('says when each node last proved all it holds, and how far it is, as far as that is known', () => {
    const never = { ...scrub, finishedAtMs: null, lostBlobs: null };
    const reports = [report(one), report(two, { scrub: { ...never, state: 'paused', bytesDone: 2 }, quarantined: 3 }), silent(three)];
    expect(clusterView(reports).nodes).toMatchObject([
      { lastScrubEndedAt: '2023-11-14T22:13:20.000Z', scrubProgress: null, lostBlobs: 0, quarantined: 0 },
      { lastScrubEndedAt: null, scrubProgress: 0.25, lostBlobs: null, quarantined: 3 },
      { lastScrubEndedAt: null, scrubProgress: null, lostBlobs: null, quarantined: null },
    ]);
    const begun = report(one, { scrub: { ...scrub, state: 'running', bytesTotal: 0, bytesDone: 0 } });
    expect(clusterView([begun]).nodes[0]?.scrubProgress).toBe(0);
  });

  test('says that a disk is full, beside what else is against the node, and why it owes blobs', () => {
    const diskProblem = 'The disk is full.';
    const debt = { blobs: 1, bytes: 5, heldSeq: 8 };
    const reports = [
      report(one, { filesAtRisk: 1 }),
      report(two, { diskProblem, reason: 'It waits.' }),
      report(three, { diskProblem, debt }),
    ];
    const view = clusterView(reports);
    expect(view.nodes.map(({ problem }) => problem)).toEqual([null, 'It waits. The disk is full.', 'The disk is full.']);
    expect(view.riskReason).toBe('node-3 still lacks 1 blob. The disk is full.');
  });

  test('knows when it will be safe only when the pace of every node is known', () => {
    const reports = [report(one, { filesAtRisk: 3 }), report(two), report(three, { debt: { blobs: 1, bytes: 5, heldSeq: 8 } })];
    const done: Pace = { progress: 1, secondsLeft: 0 };
    const paces = new Map<NodeId, Pace>([
      [one, done],
      [two, done],
      [three, { progress: 0.4, secondsLeft: 12 }],
    ]);
    const view = viewOf(reports, paces);
    expect(view.secondsUntilSafe).toBe(12);
    expect(view.nodes[2]).toMatchObject({ progress: 0.4, secondsUntilCaughtUp: 12 });
    expect(viewOf(reports, new Map([...paces, [three, { progress: null, secondsLeft: null }]])).secondsUntilSafe).toBeNull();
    paces.delete(three);
    expect(viewOf(reports, paces).secondsUntilSafe).toBeNull();
  });
});

describe('readiness to commit', () => {
  test('is there when the primary says so', () => {
    expect(commitReadiness([report(one), report(two), silent(three)])).toEqual({ canCommit: true, reason: '' });
  });

  test('names the silent nodes and the reason of the primary', () => {
    expect(commitReadiness([silent(one), report(two), report(three)]).reason).toBe('No primary is active. No answer from node-1.');
    const alone = [report(one, { canCommit: false, reason: 'no secondary answers' }), silent(two), silent(three)];
    expect(commitReadiness(alone).reason).toBe('Primary node-1 cannot commit: no secondary answers. No answer from node-2, node-3.');
  });
});
