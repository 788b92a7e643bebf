/** Asks before anything is deleted, and names it. */
import type { Entry } from '@netstore/shared-types';
import { useState } from 'react';
import { formatCount, formatSize } from '../../format/size.ts';
import { Dialog } from '../dialog.tsx';
import { entryIcon } from '../entry-kind.ts';
import { Icon } from '../icon.tsx';

interface DeleteDialogProps {
  readonly entries: readonly Entry[];
  /** Never rejects: what could not be deleted is told elsewhere, entry by entry. */
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

const NAMED_MAX = 6;

export function DeleteDialog({ entries, onDelete, onClose }: DeleteDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [only] = entries;
  const hasFolder = entries.some((entry) => entry.kind === 'folder');
  const title =
    entries.length === 1 && only !== undefined ? `Delete this ${only.kind}?` : `Delete ${formatCount(entries.length, 'entry', 'entries')}?`;
  const remove = async (): Promise<void> => {
    setIsBusy(true);
    await onDelete();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <ul className="name-list">
        {entries.slice(0, NAMED_MAX).map((entry) => (
          <li key={entry.path} className="name-list-item">
            <Icon name={entryIcon(entry)} size={20} />
            <bdi className="name-list-name">{entry.name}</bdi>
            <span className="name-list-extra">{entry.kind === 'file' ? formatSize(entry.sizeBytes) : 'with everything in it'}</span>
          </li>
        ))}
        {entries.length > NAMED_MAX && (
          <li className="name-list-more">and {formatCount(entries.length - NAMED_MAX, 'more entry', 'more entries')}</li>
        )}
      </ul>
      <p className="dialog-text">
        {hasFolder || entries.length > 1 ? 'They leave' : 'It leaves'} the list on all nodes at once. This page cannot bring deleted files
        back yet.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button button-danger" data-initial-focus disabled={isBusy} onClick={remove}>
          {isBusy ? 'Deleting…' : 'Delete'}
        </button>
      </div>
    </Dialog>
  );
}
