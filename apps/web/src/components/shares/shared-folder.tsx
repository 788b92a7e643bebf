import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listShare } from '../../api/share-client.ts';
import { formatSize } from '../../format/size.ts';
import { parentOf } from '../../names/path.ts';
import { entryIcon } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';

interface SharedFolderProps {
  readonly session: string;
  readonly onDownload: (path: string) => void;
}

/** What is in a shared folder, one folder at a time. */
export function SharedFolder({ session, onDownload }: SharedFolderProps) {
  const [folder, setFolder] = useState('');
  const { data, error, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['shared', session, folder],
    queryFn: ({ pageParam }) => listShare(session, { folder, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  if (error !== null) return <ProblemNote title="The folder could not be shown" problem={error} onRetry={() => void refetch()} />;
  return (
    <>
      {folder !== '' && (
        <button type="button" className="button button-small" onClick={() => setFolder(parentOf(folder))}>
          <Icon name="chevron-left" size={16} />
          <bdi>{folder}</bdi>
        </button>
      )}
      {entries === undefined && <p role="status">Loading…</p>}
      {entries?.length === 0 && <p className="door-text">Nothing is in here.</p>}
      <ul className="people share-entries">
        {entries?.map((entry) => (
          <li key={entry.path}>
            <button
              type="button"
              className="share-entry"
              onClick={() => (entry.kind === 'folder' ? setFolder(entry.path) : onDownload(entry.path))}
            >
              <Icon name={entryIcon(entry)} size={22} />
              <bdi className="share-name">{entry.name}</bdi>
              {entry.kind === 'file' && <span className="person-extra">{formatSize(entry.sizeBytes)}</span>}
              <Icon name={entry.kind === 'folder' ? 'chevron-right' : 'download'} size={18} />
            </button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          More
        </button>
      )}
    </>
  );
}
