/** All that is known of one file: digest, versions, and where each copy is and when it was last proven intact. */
import type { EntryDetail, Replica, Version } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatSize } from '../../format/size.ts';
import { formatTime } from '../../format/time.ts';
import { useNetStore } from '../../net-store.ts';
import { Icon } from '../icon.tsx';
import { IconButton } from '../icon-button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { WhoCanSee } from '../rights/who-can-see.tsx';

/** Whether who can see something may be seen, and changed. */
export interface Oversight {
  readonly sees: boolean;
  readonly changes: boolean;
}

interface DetailsPanelProps {
  readonly space: string;
  readonly path: string;
  readonly oversight: Oversight;
  readonly onClose: () => void;
  readonly onDownload: (path: string, version: string) => void;
}

const COPYING_REFETCH_MS = 2000;
const WHOLE_REFETCH_MS = 30_000;

export function DetailsPanel({ space, path, oversight, onClose, onDownload }: DetailsPanelProps) {
  const { files } = useNetStore();
  const query = useQuery({
    queryKey: ['detail', space, path],
    queryFn: ({ signal }) => files.detail(space, path, signal),
    refetchInterval: ({ state }) => (isWhole(state.data) ? WHOLE_REFETCH_MS : COPYING_REFETCH_MS),
  });
  return (
    <section className="details" aria-label="Details">
      <header className="details-head">
        <h2 className="details-title">Details</h2>
        <IconButton icon="close" label="Close details" onClick={onClose} />
      </header>
      {query.data === undefined && query.isPending && <p className="details-loading">Loading…</p>}
      {query.data === undefined && query.isError && (
        <ProblemNote title="No details" problem={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && (
        <Details entry={query.data} onDownload={onDownload}>
          {oversight.sees && <WhoCanSee key={path} space={space} path={path} kind={query.data.kind} canChange={oversight.changes} />}
        </Details>
      )}
    </section>
  );
}

function isWhole(entry: EntryDetail | undefined): boolean {
  return entry?.replicas == null || entry.replicas.durable >= entry.replicas.total;
}

interface DetailsProps {
  readonly entry: EntryDetail;
  readonly onDownload: DetailsPanelProps['onDownload'];
  /** What else is told, before the versions. */
  readonly children: ReactNode;
}

function Details({ entry, onDownload, children }: DetailsProps) {
  return (
    <div className="details-body">
      <p className="details-name">
        <bdi>{entry.name}</bdi>
      </p>
      <dl className="facts">
        {entry.kind === 'file' && (
          <Fact term="Size" value={`${formatSize(entry.sizeBytes)} (${entry.sizeBytes.toLocaleString('en')} bytes)`} />
        )}
        <Fact term="Modified" value={formatTime(entry.modifiedAt)} />
        {entry.contentType !== null && <Fact term="Type" value={entry.contentType} />}
      </dl>
      {entry.replicas !== null && <Replicas replicas={entry.replicas.nodes} />}
      {entry.sha256 !== null && <Digest sha256={entry.sha256} />}
      {children}
      {entry.versions.length > 0 && <Versions versions={entry.versions} onDownload={(version) => onDownload(entry.path, version)} />}
    </div>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div className="fact">
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const STATE_WORDS: Record<Replica['state'], string> = { held: 'Holds every byte', copying: 'Copying', unknown: 'Does not answer' };

function Replicas({ replicas }: { readonly replicas: readonly Replica[] }) {
  return (
    <>
      <h3 className="details-heading">Copies</h3>
      <ul className="copies">
        {replicas.map((replica) => (
          <li key={replica.node} className={`copy is-${replica.state}`}>
            <span className="copy-dot" />
            <span className="copy-node">{replica.node}</span>
            <span className="copy-state">{STATE_WORDS[replica.state]}</span>
            <span className="copy-proof">
              {replica.verifiedAt === null ? 'Not proven yet' : `Proven intact ${formatTime(replica.verifiedAt)}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Digest({ sha256 }: { readonly sha256: string }) {
  const { notices } = useNetStore();
  // Plain-HTTP addresses other than loopback have no clipboard; the digest can still be selected there.
  const canCopy = window.isSecureContext;
  const copy = (): void => {
    navigator.clipboard.writeText(sha256).then(
      () => notices.done('SHA-256 copied.'),
      () => notices.trouble('The browser did not allow copying.'),
    );
  };
  return (
    <>
      <h3 className="details-heading">
        SHA-256
        {canCopy && <IconButton icon="copy" label="Copy SHA-256" onClick={copy} />}
      </h3>
      <code className="digest">{sha256}</code>
    </>
  );
}

function Versions({ versions, onDownload }: { readonly versions: readonly Version[]; readonly onDownload: (version: string) => void }) {
  return (
    <>
      <h3 className="details-heading">Versions</h3>
      <ul className="versions">
        {versions.map((version) => (
          <li key={version.version} className="version">
            <span className="version-time">{formatTime(version.createdAt)}</span>
            <span className="version-size">
              {formatSize(version.sizeBytes)}
              {version.isCurrent && ' · current'}
            </span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Download the version of ${formatTime(version.createdAt)}`}
              title="Download this version"
              onClick={() => onDownload(version.version)}
            >
              <Icon name="download" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
