import { formatExactTime } from '../../format/time.ts';
import { ListSkeleton } from '../list/list-skeleton.tsx';
import { MoreButton } from '../list/more-button.tsx';
import type { Loaded } from '../list/use-loaded.ts';
import { ProblemNote } from '../problem-note.tsx';
import { sentenceOf, wayOf } from './act-sentence.ts';
import { refusalOf } from './outcome-words.ts';
import type { NamedEntry } from './use-audit.ts';

interface AuditListProps {
  readonly audit: Loaded<NamedEntry>;
  readonly isFiltered: boolean;
}

export function AuditList({ audit, isFiltered }: AuditListProps) {
  if (audit.isLoading) return <ListSkeleton />;
  if (audit.problem !== null) return <ProblemNote title="The audit could not be loaded" problem={audit.problem} onRetry={audit.reload} />;
  if (audit.entries.length === 0) {
    return <p className="people-none">{isFiltered ? 'Nothing in the audit is like that.' : 'Nothing was done yet.'}</p>;
  }
  return (
    <>
      <ol className="people audit-entries" aria-label="Audit">
        {audit.entries.map((named) => (
          <AuditRow key={named.entry.seq} {...named} />
        ))}
      </ol>
      <MoreButton loaded={audit} />
    </>
  );
}

function AuditRow({ entry, names }: NamedEntry) {
  const refusal = refusalOf(entry.outcome);
  const way = wayOf(entry);
  return (
    <li className="audit-entry">
      <div className="audit-act">
        <p className="audit-sentence">
          {sentenceOf(entry, names).map(({ text, isName }, index) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change places.
            isName ? <bdi key={index}>{text}</bdi> : <span key={index}>{text}</span>,
          )}
        </p>
        {refusal !== undefined && (
          <p className="audit-refusal">
            <span className="badge is-learner">{refusal.badge}</span> {refusal.reason}
          </p>
        )}
      </div>
      <p className="audit-circumstances">
        <span>
          <time dateTime={new Date(entry.timeMs).toISOString()}>{formatExactTime(entry.timeMs)}</time> from {entry.address}
          {way !== undefined && `, ${way}`}
        </span>
        <span>
          No. {entry.seq}, request <code>{entry.requestId}</code>
        </span>
      </p>
    </li>
  );
}
