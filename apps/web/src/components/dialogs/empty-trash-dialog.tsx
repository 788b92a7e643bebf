/**
 * Asks before the whole trash of a space is deleted for good. First everything in it is counted, and just that is deleted:
 * what comes into the trash meanwhile stays there.
 */
import { useState } from 'react';
import { formatCount } from '../../format/size.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { amountWords } from '../trash/trash-amount.ts';
import { useCollectedTrash } from '../trash/use-collected-trash.ts';
import { PurgeActions } from './purge-actions.tsx';

interface EmptyTrashDialogProps {
  readonly space: string;
  /** Never rejects: what could not be deleted is told elsewhere. */
  readonly onPurge: (ids: readonly string[], onProgress: (done: number) => void) => Promise<void>;
  readonly onClose: () => void;
}

export function EmptyTrashDialog({ space, onPurge, onClose }: EmptyTrashDialogProps) {
  const { found, collected, problem } = useCollectedTrash(space);
  const [done, setDone] = useState<number>();
  const purge = async (): Promise<void> => {
    if (collected === undefined) return;
    setDone(0);
    await onPurge(collected.ids, setDone);
    onClose();
  };
  return (
    <Dialog title="Empty the trash?" onClose={onClose}>
      {problem === undefined && collected === undefined && (
        <p className="dialog-text" role="status">
          Counting what is in it: {formatCount(found.entries, 'entry', 'entries')}…
        </p>
      )}
      {problem !== undefined && <ProblemLine problem={problem} />}
      {collected !== undefined && (
        <p className="dialog-text" role="status">
          This deletes{' '}
          <strong>
            {formatCount(collected.ids.length, 'entry', 'entries')}: {amountWords(collected.amount)}
          </strong>{' '}
          with all their versions, on all nodes. It cannot be undone.
        </p>
      )}
      <PurgeActions label="Delete everything forever" total={collected?.ids.length} done={done} onPurge={purge} onClose={onClose} />
    </Dialog>
  );
}
