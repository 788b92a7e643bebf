/** `netstore status`: how the cluster is, node by node. */
import { defineCommand, formatBytes, formatDuration, type ParsedCommand, type Style, tableOf } from '@netstore/command-line';
import { filesAtRiskOf, judgeStop, lostBlobsOf, primaryOf, type ScrubSummary } from '@netstore/wire-protocol';
import { type AskedNode, connectCluster } from '../cluster/cluster-client.ts';
import { type Health, type HealthVerdict, judgeHealth } from '../cluster/judge-health.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS } from './cluster-options.ts';

const EXIT_CODES: Readonly<Record<Health, number>> = { healthy: 0, degraded: 1, unknown: 2 };
const TONES = { healthy: 'good', degraded: 'warning', unknown: 'bad' } as const;
const SENTENCES = {
  healthy: 'The cluster is healthy.',
  degraded: 'The cluster is degraded.',
  unknown: 'How the cluster is, is not known.',
} as const;
const COLUMNS = ['NODE', 'ROLE', 'EPOCH', 'SEQ', 'BEHIND', 'MISSING', 'LOST', 'FREE', 'LAST SCRUB', 'MAY BE STOPPED'];
const NOT_KNOWN = '?';

export function statusCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'status',
    summary: 'Says how the cluster is, node by node',
    details: [
      'Asks every node. SEQ is the last record in its log, BEHIND how many records the primary has more, MISSING what it should hold and does not yet, LOST how many blobs of that no other node holds, LAST SCRUB when it last came to the end of proving every byte that it holds, and how far the present round is. What is not known is shown as "?" and never counts as healthy.',
    ],
    positionals: {},
    options: CLUSTER_OPTIONS,
    examples: ['netstore status', 'netstore status --json | jq .nodes', 'netstore status --data-dir /srv/netstore'],
    exitCodes: { 0: 'healthy', 1: 'degraded: it works, or part of it, and something needs attention', 2: 'it cannot be told' },
    failureExitCode: EXIT_CODES.unknown,
    run: async ({ options }, terminal, signal) => {
      const reports = await connectCluster(options, surroundings).report(signal);
      const verdict = judgeHealth(reports);
      if (options.json) await terminal.printJson(jsonOf(reports, verdict));
      else await terminal.print(textOf(reports, verdict, terminal.style));
      return EXIT_CODES[verdict.health];
    },
  });
}

function textOf(reports: readonly AskedNode[], { health, reasons }: HealthVerdict, style: Style): string {
  const primary = primaryOf(reports);
  const facts =
    primary === undefined
      ? 'Primary: none that answers.'
      : `Primary: ${primary.nodeId}, epoch ${primary.epoch}, failover ${primary.failover}. Files at risk: ${filesAtRiskOf(reports) ?? NOT_KNOWN}.`;
  const rows = reports.map((report) => rowOf(report, reports, style));
  return [
    style(TONES[health], SENTENCES[health]),
    facts,
    '',
    tableOf([COLUMNS.map((column) => style('quiet', column)), ...rows]),
    ...(reasons.length === 0 ? [] : ['', ...reasons.map((reason) => `- ${reason}`)]),
  ].join('\n');
}

function rowOf({ nodeId, status }: AskedNode, reports: readonly AskedNode[], style: Style): string[] {
  if (status === null) return [nodeId, style('bad', 'unreachable'), ...COLUMNS.slice(2, -1).map(() => NOT_KNOWN), 'no'];
  const primary = primaryOf(reports);
  const behind = primary === undefined ? NOT_KNOWN : String(Math.max(0, primary.lastSeq - status.lastSeq));
  return [
    nodeId,
    style(status.role === 'learner' ? 'warning' : 'strong', status.role),
    String(status.epoch),
    String(status.lastSeq),
    behind,
    status.debt.blobs === 0 ? '0' : style('warning', formatBytes(status.debt.bytes)),
    lostOf(status.scrub, style),
    status.diskProblem === null ? formatBytes(status.space.freeBytes) : style('bad', formatBytes(status.space.freeBytes)),
    lastScrubOf(status.scrub),
    judgeStop(nodeId, reports).isSafe ? 'yes' : 'no',
  ];
}

function lostOf({ lostBlobs }: ScrubSummary, style: Style): string {
  if (lostBlobs === null) return NOT_KNOWN;
  return lostBlobs === 0 ? '0' : style('bad', String(lostBlobs));
}

function lastScrubOf({ state, finishedAtMs, bytesDone, bytesTotal }: ScrubSummary): string {
  const last = finishedAtMs === null ? 'never' : `${formatDuration(Date.now() - finishedAtMs)} ago`;
  if (state === 'idle') return last;
  return `${last}, now at ${bytesTotal === 0 ? 0 : Math.floor((100 * bytesDone) / bytesTotal)} %`;
}

/** The documented shape (docs/operations.md): fields are added, never renamed. */
function jsonOf(reports: readonly AskedNode[], { health, reasons }: HealthVerdict): unknown {
  const primary = primaryOf(reports);
  return {
    health,
    reasons,
    clusterId: reports.find(({ status }) => status?.clusterId != null)?.status?.clusterId ?? null,
    epoch: primary?.epoch ?? null,
    primary: primary?.nodeId ?? null,
    failover: primary?.failover ?? null,
    commitSeq: primary?.commitSeq ?? null,
    lostBlobs: lostBlobsOf(reports),
    filesAtRisk: filesAtRiskOf(reports),
    nodes: reports.map((report) => nodeJson(report, reports)),
  };
}

function nodeJson({ nodeId, address, status, failure }: AskedNode, reports: readonly AskedNode[]): unknown {
  const primary = primaryOf(reports);
  const stop = judgeStop(nodeId, reports);
  return {
    id: nodeId,
    address,
    role: status?.role ?? 'unreachable',
    epoch: status?.epoch ?? null,
    seq: status?.lastSeq ?? null,
    appliedSeq: status?.appliedSeq ?? null,
    lag: status === null || primary === undefined ? null : Math.max(0, primary.lastSeq - status.lastSeq),
    missingBlobs: status?.debt.blobs ?? null,
    missingBytes: status?.debt.bytes ?? null,
    usedBytes: status?.space.usedBytes ?? null,
    freeBytes: status?.space.freeBytes ?? null,
    diskProblem: status?.diskProblem ?? null,
    quarantined: status?.quarantined ?? null,
    scrub: status === null ? null : scrubJson(status.scrub),
    isSafeToStop: stop.isSafe,
    reason: status === null ? (failure?.message ?? null) : status.reason,
  };
}

function scrubJson({ finishedAtMs, ...scrub }: ScrubSummary): unknown {
  return { ...scrub, finishedAt: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString() };
}
