/** Chooses the folder that entries are moved to. */
import type { Entry } from '@netstore/shared-types';
import { useState } from 'react';
import { formatCount } from '../../format/size.ts';
import { isInside, nameOf, parentOf } from '../../names/path.ts';
import { Dialog } from '../dialog.tsx';
import { Icon } from '../icon.tsx';
import { useListing } from '../list/use-listing.ts';
import { ProblemLine } from '../problem-note.tsx';

interface MoveDialogProps {
  readonly space: string;
  readonly entries: readonly Entry[];
  /** Never rejects: what could not be moved is told elsewhere, entry by entry. */
  readonly onMove: (folder: string) => Promise<void>;
  readonly onClose: () => void;
}

export function MoveDialog({ space, entries, onMove, onClose }: MoveDialogProps) {
  const from = parentOf(entries[0]?.path ?? '');
  const [folder, setFolder] = useState(from);
  const [isBusy, setIsBusy] = useState(false);
  const [only] = entries;
  const what = entries.length === 1 && only !== undefined ? `“${only.name}”` : formatCount(entries.length, 'entry', 'entries');
  const isForbidden = (path: string): boolean =>
    entries.some((entry) => entry.kind === 'folder' && (path === entry.path || isInside(path, entry.path)));
  const move = async (): Promise<void> => {
    setIsBusy(true);
    await onMove(folder);
    onClose();
  };
  return (
    <Dialog title={`Move ${what}`} onClose={onClose}>
      <p className="folder-here">
        <button
          type="button"
          className="icon-button"
          aria-label="Up one folder"
          title="Up one folder"
          disabled={folder === ''}
          onClick={() => setFolder(parentOf(folder))}
        >
          <Icon name="up" />
        </button>
        <Icon name="folder" size={20} />
        <bdi className="folder-here-name">{folder === '' ? space : nameOf(folder)}</bdi>
      </p>
      <FolderChoice space={space} folder={folder} isForbidden={isForbidden} onChoose={setFolder} />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button button-primary" disabled={isBusy || folder === from} onClick={move}>
          {isBusy ? 'Moving…' : 'Move here'}
        </button>
      </div>
    </Dialog>
  );
}

interface FolderChoiceProps {
  readonly space: string;
  readonly folder: string;
  readonly isForbidden: (path: string) => boolean;
  readonly onChoose: (path: string) => void;
}

function FolderChoice({ space, folder, isForbidden, onChoose }: FolderChoiceProps) {
  const listing = useListing({ space, folder, sort: 'name', order: 'asc' });
  const folders = listing.entries.filter((entry) => entry.kind === 'folder');
  // Folders are listed first: once a file shows up, no further folder follows.
  const hasMoreFolders = listing.hasMore && folders.length === listing.entries.length;
  if (listing.isLoading) return <p className="folder-choice-empty">Loading…</p>;
  if (listing.problem !== null) return <ProblemLine problem={listing.problem} />;
  if (folders.length === 0) return <p className="folder-choice-empty">No folders in here</p>;
  return (
    <ul className="folder-choice">
      {folders.map((entry) => (
        <li key={entry.path}>
          <button type="button" className="folder-choice-item" disabled={isForbidden(entry.path)} onClick={() => onChoose(entry.path)}>
            <Icon name="folder" size={20} />
            <bdi>{entry.name}</bdi>
            <Icon name="chevron-right" size={18} />
          </button>
        </li>
      ))}
      {hasMoreFolders && (
        <li>
          <button type="button" className="folder-choice-item" onClick={listing.loadMore}>
            {listing.isLoadingMore ? 'Loading…' : 'Show more folders'}
          </button>
        </li>
      )}
    </ul>
  );
}
