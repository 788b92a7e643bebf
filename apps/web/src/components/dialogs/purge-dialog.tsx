/** Asks before entries of the trash are deleted for good: says what, how much, and that nothing brings it back. */
import type { TrashEntry } from '@netstore/shared-types';
import { useState } from 'react';
import { formatCount, formatSize } from '../../format/size.ts';
import { Dialog } from '../dialog.tsx';
import { entryIcon } from '../entry-kind.ts';
import { amountOf, amountWords } from '../trash/trash-amount.ts';
import { NameList } from './name-list.tsx';
import { PurgeActions } from './purge-actions.tsx';

interface PurgeDialogProps {
  readonly entries: readonly TrashEntry[];
  /** Never rejects: what could not be deleted is told elsewhere. */
  readonly onPurge: (onProgress: (done: number) => void) => Promise<void>;
  readonly onClose: () => void;
}

export function PurgeDialog({ entries, onPurge, onClose }: PurgeDialogProps) {
  const [done, setDone] = useState<number>();
  const [only] = entries;
  const title =
    entries.length === 1 && only !== undefined
      ? `Delete this ${only.kind} forever?`
      : `Delete ${formatCount(entries.length, 'entry', 'entries')} forever?`;
  const purge = async (): Promise<void> => {
    setDone(0);
    await onPurge(setDone);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <NameList
        entries={entries.map((entry) => ({
          key: entry.id,
          icon: entryIcon({ ...entry, contentType: null }),
          name: entry.name,
          extra: extraWords(entry),
        }))}
      />
      <p className="dialog-text">
        This deletes <strong>{amountWords(amountOf(entries))}</strong> with all their versions, on all nodes. It cannot be undone.
      </p>
      <PurgeActions label="Delete forever" total={entries.length} done={done} onPurge={purge} onClose={onClose} />
    </Dialog>
  );
}

function extraWords({ kind, files, sizeBytes }: TrashEntry): string {
  if (files === null || sizeBytes === null) return 'with everything in it';
  return kind === 'file' ? formatSize(sizeBytes) : `${formatCount(files, 'file')}, ${formatSize(sizeBytes)}`;
}
