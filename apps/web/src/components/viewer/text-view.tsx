import type { Entry } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { formatSize } from '../../format/size.ts';
import { useNetStore } from '../../net-store.ts';
import { ProblemNote } from '../problem-note.tsx';

/** More than this would make the browser slow without helping a reader. */
const TEXT_BYTES_MAX = 512 * 1024;

export function TextView({ space, entry }: { readonly space: string; readonly entry: Entry }) {
  const { files } = useNetStore();
  const query = useQuery({
    queryKey: ['text', space, entry.path, entry.version],
    queryFn: ({ signal }) => files.text(space, entry, TEXT_BYTES_MAX, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isPending) return <p className="viewer-wait">Loading…</p>;
  if (query.isError) return <ProblemNote title="The text could not be loaded" problem={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.text === '') return <p className="viewer-wait">The file is empty.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard. */}
      <pre className="text-view" tabIndex={0}>
        {query.data.text}
      </pre>
      {!query.data.isWhole && (
        <p className="viewer-cut">
          The first {formatSize(TEXT_BYTES_MAX)} of {formatSize(entry.sizeBytes)}. Download the file to read the rest.
        </p>
      )}
    </>
  );
}
