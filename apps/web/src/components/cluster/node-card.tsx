/** One storage node: what it is, how far it is, and whether it may be stopped. */
import type { ClusterNode } from '@netstore/shared-types';
import { formatCount, formatPercent, formatSize } from '../../format/size.ts';
import { formatDuration } from '../../format/time.ts';
import { Icon } from '../icon.tsx';
import { lossWords, missingWords, proofWords, quarantineWords, roundWords } from './node-words.ts';

const ROLE_WORDS: Record<ClusterNode['role'], string> = {
  primary: 'Primary',
  secondary: 'Secondary',
  learner: 'Learner',
  unreachable: 'Does not answer',
};

interface NodeCardProps {
  readonly node: ClusterNode;
  /** False when what is known of the node is out of date. */
  readonly isCurrent: boolean;
  readonly nowMs: number;
}

export function NodeCard({ node, isCurrent, nowMs }: NodeCardProps) {
  const isAway = node.role === 'unreachable' || !isCurrent;
  const loss = lossWords(node);
  const round = roundWords(node);
  const quarantine = quarantineWords(node);
  return (
    <article className={`node ${isAway ? 'is-away' : ''}`} aria-label={node.id}>
      <header className="node-head">
        <h2 className="node-name">{node.id}</h2>
        <span className={`badge is-${isCurrent ? node.role : 'unreachable'}`}>{isCurrent ? ROLE_WORDS[node.role] : 'Unknown now'}</span>
      </header>
      {loss !== undefined && (
        <p className="node-loss">
          <Icon name="alert" size={18} />
          <span>{loss}</span>
        </p>
      )}
      <DiskBar usedBytes={node.usedBytes} freeBytes={node.freeBytes} />
      <dl className="facts">
        <NodeFact term="Log" value={logWords(node)} isGood={node.lag === 0} />
        <NodeFact term="Missing copies" value={missingWords(node)} isGood={node.missingBlobs === 0} />
        <NodeFact term="Last proven intact" value={proofWords(node, nowMs)} />
        {round !== undefined && <NodeFact term="Next proof" value={round} />}
        {quarantine !== undefined && <NodeFact term="In quarantine" value={quarantine} isGood={false} />}
        <NodeFact term="Last record" value={node.seq?.toLocaleString('en')} />
        <NodeFact term="Epoch" value={node.epoch?.toLocaleString('en')} />
      </dl>
      {isCurrent && <CatchingUp node={node} />}
      {isCurrent && node.problem !== null && <p className="node-problem">{node.problem}</p>}
      <p className={`node-safe ${isCurrent && node.isSafeToStop ? 'is-safe' : ''}`}>
        <Icon name={isCurrent && node.isSafeToStop ? 'check' : 'alert'} size={18} />
        <span>
          <strong>{safeWords(node, isCurrent)}</strong> {isCurrent ? node.reason : ''}
        </span>
      </p>
    </article>
  );
}

/** How far a node is that lacks something. Nothing where that is not known: the facts above say what is missing. */
function CatchingUp({ node: { progress, secondsUntilCaughtUp } }: { readonly node: ClusterNode }) {
  if (progress === null || progress === 1) return null;
  return (
    <div className="node-progress">
      <progress max={1} value={progress} aria-label="Caught up" />
      <p className="disk-words">
        <span>{formatPercent(progress, 1)} caught up</span>
        <span>{secondsUntilCaughtUp === null ? 'Time unknown' : `About ${formatDuration(secondsUntilCaughtUp * 1000)}`}</span>
      </p>
    </div>
  );
}

function safeWords(node: ClusterNode, isCurrent: boolean): string {
  if (!isCurrent) return 'Not known whether it is safe to stop.';
  return node.isSafeToStop ? 'Safe to stop.' : 'Not safe to stop.';
}

function logWords({ role, lag }: ClusterNode): string | undefined {
  if (lag === null) return undefined;
  if (role === 'primary') return 'Leads';
  return lag === 0 ? 'In step with the primary' : `${formatCount(lag, 'record')} behind`;
}

interface NodeFactProps {
  readonly term: string;
  readonly value: string | undefined;
  readonly isGood?: boolean;
}

function NodeFact({ term, value, isGood = true }: NodeFactProps) {
  return (
    <div className="fact">
      <dt>{term}</dt>
      <dd className={value === undefined ? 'is-unknown' : isGood ? '' : 'is-partial'}>{value ?? 'Unknown'}</dd>
    </div>
  );
}

function DiskBar({ usedBytes, freeBytes }: { readonly usedBytes: number | null; readonly freeBytes: number | null }) {
  if (usedBytes === null || freeBytes === null) return <p className="disk-words is-unknown">Disk space unknown</p>;
  const whole = Math.max(1, usedBytes + freeBytes);
  return (
    <div className="disk">
      <meter className="disk-bar" min={0} max={whole} high={whole * 0.9} optimum={0} value={usedBytes} aria-label="Disk space used" />
      <p className="disk-words">
        <span>{formatSize(usedBytes)} used</span>
        <span>{formatSize(freeBytes)} free</span>
      </p>
    </div>
  );
}
