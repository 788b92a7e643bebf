/** Asks for a folder of the space, chosen by walking. */
import { useState } from 'react';
import { nameOf, parentOf } from '../../names/path.ts';
import { Dialog } from '../dialog.tsx';
import { Icon } from '../icon.tsx';
import { useListing } from '../list/use-listing.ts';
import { ProblemLine } from '../problem-note.tsx';

interface ChooseFolderDialogProps {
  readonly title: string;
  readonly submitLabel: string;
  readonly busyLabel: string;
  readonly space: string;
  /** Where the walk begins. */
  readonly from: string;
  /** Folders that cannot be entered. */
  readonly isForbidden: (path: string) => boolean;
  /** Folders that can be entered and not be chosen. */
  readonly isPointless: (path: string) => boolean;
  /** Never rejects: what could not be done is told elsewhere, entry by entry. */
  readonly onSubmit: (folder: string) => Promise<void>;
  readonly onClose: () => void;
}

export function ChooseFolderDialog(props: ChooseFolderDialogProps) {
  const { title, submitLabel, busyLabel, space, from, isForbidden, isPointless, onSubmit, onClose } = props;
  const [folder, setFolder] = useState(from);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setIsBusy(true);
    await onSubmit(folder);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
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
        <button type="button" className="button button-primary" disabled={isBusy || isPointless(folder)} onClick={submit}>
          {isBusy ? busyLabel : submitLabel}
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
