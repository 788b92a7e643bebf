/** The three nodes, as they are now, and what follows from it for the files. */
import type { Cluster } from '@netstore/shared-types';
import { useCluster } from '../api/use-cluster.ts';
import { clusterHealth, type Health, lostBlobsOf } from '../components/cluster/cluster-health.ts';
import { NodeCard } from '../components/cluster/node-card.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Page } from '../components/shell/page.tsx';
import { useNow } from '../components/use-now.ts';
import { formatDuration } from '../format/time.ts';

const REFETCH_MS = 2000;
/** An answer older than this says nothing about now. */
const CURRENT_MS = 8000;

export function ClusterPage() {
  const query = useCluster(REFETCH_MS);
  const nowMs = useNow(1000);
  const ageMs = Math.max(0, nowMs - query.dataUpdatedAt);
  const isCurrent = query.data !== undefined && !query.isError && ageMs < CURRENT_MS;
  return (
    <Page
      name="Cluster"
      beside={query.data !== undefined && <p className="page-hint">{isCurrent ? 'Live' : `As of ${formatDuration(ageMs)} ago`}</p>}
    >
      {query.data === undefined && query.isPending && <ClusterSkeleton />}
      {query.data === undefined && query.isError && (
        <ProblemNote title="The state of the cluster is unknown" problem={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && <ClusterState cluster={query.data} isCurrent={isCurrent} nowMs={nowMs} />}
    </Page>
  );
}

interface ClusterStateProps {
  readonly cluster: Cluster;
  readonly isCurrent: boolean;
  readonly nowMs: number;
}

function ClusterState({ cluster, isCurrent, nowMs }: ClusterStateProps) {
  const lostBlobs = lostBlobsOf(cluster);
  return (
    <div className="page-body">
      <HealthCard health={clusterHealth({ cluster, isCurrent })} />
      <dl className="figures">
        <Figure term="Primary" value={cluster.primary} isCurrent={isCurrent} />
        <Figure term="Fail-over" value={failoverWords(cluster.failover)} isCurrent={isCurrent} />
        <Figure term="Epoch" value={cluster.epoch?.toLocaleString('en') ?? null} isCurrent={isCurrent} />
        <Figure term="Committed records" value={cluster.commitSeq?.toLocaleString('en') ?? null} isCurrent={isCurrent} />
        <Figure
          term="Files at risk"
          value={cluster.filesAtRisk?.toLocaleString('en') ?? null}
          isCurrent={isCurrent}
          tone={cluster.filesAtRisk === 0 ? '' : 'is-partial'}
        />
        {lostBlobs > 0 && <Figure term="Blobs lost" value={lostBlobs.toLocaleString('en')} isCurrent={isCurrent} tone="is-bad" />}
        {cluster.filesAtRisk !== 0 && lostBlobs === 0 && (
          <Figure term="All safe" value={safeWords(cluster.secondsUntilSafe)} isCurrent={isCurrent} tone="is-partial" />
        )}
      </dl>
      <div className="nodes">
        {cluster.nodes.map((node) => (
          <NodeCard key={node.id} node={node} isCurrent={isCurrent} nowMs={nowMs} />
        ))}
      </div>
      {cluster.clusterId !== null && (
        <p className="cluster-id">
          Cluster <code>{cluster.clusterId}</code>
        </p>
      )}
    </div>
  );
}

function failoverWords(failover: Cluster['failover']): string | null {
  if (failover === null) return null;
  return failover === 'automatic' ? 'Automatic' : 'By hand';
}

function safeWords(seconds: number | null): string | null {
  return seconds === null ? null : `In ${formatDuration(seconds * 1000)}`;
}

function HealthCard({ health }: { readonly health: Health }) {
  return (
    <section className={`health is-${health.tone}`} aria-live="polite">
      <span className="health-bars" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      <div>
        <h2 className="health-title">{health.title}</h2>
        <p className="health-text">{health.text}</p>
      </div>
    </section>
  );
}

interface FigureProps {
  readonly term: string;
  readonly value: string | null;
  readonly isCurrent: boolean;
  /** Of a value that is known. */
  readonly tone?: '' | 'is-partial' | 'is-bad';
}

function Figure({ term, value, isCurrent, tone = '' }: FigureProps) {
  const isKnown = value !== null && isCurrent;
  return (
    <div className="figure">
      <dt>{term}</dt>
      <dd className={isKnown ? tone : 'is-unknown'}>{isKnown ? value : 'Unknown'}</dd>
    </div>
  );
}

function ClusterSkeleton() {
  return (
    <div className="page-body" role="status">
      <span className="visually-hidden">Loading the state of the cluster…</span>
      <span className="skeleton-block is-low" />
      <div className="nodes">
        <span className="skeleton-block" />
        <span className="skeleton-block" />
        <span className="skeleton-block" />
      </div>
    </div>
  );
}
