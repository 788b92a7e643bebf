/**
 * What the state of the cluster means, in one sentence. Pure. What is not known is never called healthy: a node that does
 * not answer, a number that is null, or an answer that is too old all count against it.
 */
import type { Cluster, ClusterNode } from '@netstore/shared-types';
import { formatCount } from '../../format/size.ts';
import { formatDuration } from '../../format/time.ts';

/** Members that must answer for one of them to be primary. */
const QUORUM = 2;

export type HealthTone = 'whole' | 'partial' | 'bad' | 'unknown';

export interface Health {
  readonly tone: HealthTone;
  readonly title: string;
  readonly text: string;
}

export interface ClusterReading {
  readonly cluster: Cluster | undefined;
  /** Whether the last question was answered. */
  readonly isCurrent: boolean;
}

export function clusterHealth({ cluster, isCurrent }: ClusterReading): Health {
  if (cluster === undefined || !isCurrent) {
    return {
      tone: 'unknown',
      title: 'State unknown',
      text: 'The gateway does not say how the cluster is. Nothing can be concluded from that.',
    };
  }
  // Before everything else, because everything else is made good by waiting.
  if (lostBlobsOf(cluster) > 0) return { tone: 'bad', title: 'Parts of files are lost', text: cluster.riskReason ?? '' };
  const away = cluster.nodes.filter((node) => node.role === 'unreachable');
  const answering = cluster.nodes.length - away.length;
  if (cluster.primary === null || cluster.epoch === null) {
    const text = `${answering} of ${cluster.nodes.length} nodes answer. ${withoutPrimary(cluster, answering)}`;
    return { tone: 'bad', title: 'No primary', text };
  }
  if (away.length > 0) {
    const text = `${nameAll(away)} ${away.length === 1 ? 'does' : 'do'} not answer. Files stay readable and can be written; new ones have one copy fewer until it is back.`;
    return { tone: 'partial', title: `${answering} of ${cluster.nodes.length} nodes answer`, text };
  }
  if (cluster.filesAtRisk === null) {
    return { tone: 'unknown', title: 'Copies not counted', text: 'All nodes answer, but how many files lack a copy cannot be said now.' };
  }
  const refused = cluster.nodes.filter((node) => node.role === 'learner' && node.problem !== null);
  if (refused.length > 0) {
    const text = refused.map(({ id, problem }) => `${id} is not counted on: ${problem}`).join(' ');
    return { tone: 'partial', title: `${cluster.nodes.length - refused.length} of ${cluster.nodes.length} nodes count`, text };
  }
  if (cluster.filesAtRisk > 0) {
    const text = `${formatCount(cluster.filesAtRisk, 'file')} ${cluster.filesAtRisk === 1 ? 'has' : 'have'} fewer copies than there should be. ${timeWords(cluster)}`;
    return { tone: 'partial', title: 'Copies are being made', text };
  }
  const behind = cluster.nodes.filter((node) => !isCaughtUp(node));
  if (behind.length > 0) {
    return { tone: 'partial', title: 'Catching up', text: `${nameAll(behind)} ${behind.length === 1 ? 'is' : 'are'} still catching up.` };
  }
  const troubled = cluster.nodes.filter(({ problem }) => problem !== null);
  if (troubled.length > 0) {
    const text = troubled.map(({ id, problem }) => `${id}: ${problem}`).join(' ');
    return { tone: 'partial', title: `${nameAll(troubled)} ${troubled.length === 1 ? 'needs' : 'need'} attention`, text };
  }
  return {
    tone: 'whole',
    title: 'Everything is in place',
    text: `All ${cluster.nodes.length} nodes answer and hold every copy they should.`,
  };
}

/** Each node counts what neither it nor the others hold: the highest count is what is known. */
export function lostBlobsOf({ nodes }: Cluster): number {
  return Math.max(0, ...nodes.map(({ lostBlobs }) => lostBlobs ?? 0));
}

/** Two that answer can choose another one by themselves, unless they were told to wait for a person. */
function withoutPrimary({ failover }: Cluster, answering: number): string {
  if (failover === 'automatic' && answering >= QUORUM)
    return 'Another one becomes primary within seconds; until then nothing can be written.';
  return 'Without a primary nothing can be written.';
}

function timeWords({ riskReason, secondsUntilSafe }: Cluster): string {
  const time =
    secondsUntilSafe === null
      ? 'How long that takes cannot be said yet.'
      : `All are made in about ${formatDuration(secondsUntilSafe * 1000)}.`;
  return `${riskReason ?? ''} ${time}`.trim();
}

/** Only a node that says so is caught up: null is not zero. */
export function isCaughtUp({ role, lag, missingBlobs }: ClusterNode): boolean {
  return (role === 'primary' || role === 'secondary') && lag === 0 && missingBlobs === 0;
}

function nameAll(nodes: readonly ClusterNode[]): string {
  return nodes.map((node) => node.id).join(' and ');
}
