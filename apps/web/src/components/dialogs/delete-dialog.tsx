/** Asks before anything is deleted, and names it. */
import type { Entry } from '@netstore/shared-types';
import { useState } from 'react';
import { formatCount, formatSize } from '../../format/size.ts';
import { Dialog } from '../dialog.tsx';
import { entryIcon } from '../entry-kind.ts';
import { NameList } from './name-list.tsx';

interface DeleteDialogProps {
  readonly entries: readonly Entry[];
  /** Never rejects: what could not be deleted is told elsewhere, entry by entry. */
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

export function DeleteDialog({ entries, onDelete, onClose }: DeleteDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [only] = entries;
  const title =
    entries.length === 1 && only !== undefined ? `Delete this ${only.kind}?` : `Delete ${formatCount(entries.length, 'entry', 'entries')}?`;
  const remove = async (): Promise<void> => {
    setIsBusy(true);
    await onDelete();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <NameList
        entries={entries.map((entry) => ({
          key: entry.path,
          icon: entryIcon(entry),
          name: entry.name,
          extra: entry.kind === 'file' ? formatSize(entry.sizeBytes) : 'with everything in it',
        }))}
      />
      <p className="dialog-text">
        {entries.length > 1 ? 'They go' : 'It goes'} to the trash and can be restored from there for a time. The space is free again when{' '}
        {entries.length > 1 ? 'they leave' : 'it leaves'} the trash.
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
