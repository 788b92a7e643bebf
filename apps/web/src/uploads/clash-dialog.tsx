/** Asks what to do where a file of that name exists; one answer may stand for all files that were added together. */
import { useId, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { formatCount } from '../format/size.ts';
import { nextName } from '../names/conflict-name.ts';
import { nameOf, parentOf } from '../names/path.ts';
import type { ClashChoice, Upload } from './upload.ts';

interface ClashDialogProps {
  readonly upload: Upload;
  /** Other uploads of the same batch: they may meet the same question. */
  readonly othersCount: number;
  readonly onChoose: (choice: ClashChoice, isForAll: boolean) => void;
}

export function ClashDialog({ upload, othersCount, onChoose }: ClashDialogProps) {
  const [isForAll, setIsForAll] = useState(false);
  const boxId = useId();
  const name = nameOf(upload.path);
  const folder = parentOf(upload.path);
  return (
    <Dialog title="A file of that name exists" onClose={() => onChoose('skip', false)}>
      <p className="dialog-text">
        <strong>
          <bdi>{name}</bdi>
        </strong>{' '}
        is in <bdi>{folder === '' ? upload.space : folder}</bdi> already.
      </p>
      <div className="choices">
        <button type="button" className="choice" onClick={() => onChoose('replace', isForAll)}>
          <strong>Replace</strong>
          <span>The upload becomes the newest version. The old one stays among the versions.</span>
        </button>
        <button type="button" className="choice" data-initial-focus onClick={() => onChoose('keep-both', isForAll)}>
          <strong>Keep both</strong>
          <span>
            The upload is stored as <bdi>{nextName(name)}</bdi>.
          </span>
        </button>
        <button type="button" className="choice" onClick={() => onChoose('skip', isForAll)}>
          <strong>Skip</strong>
          <span>Nothing is changed.</span>
        </button>
      </div>
      {othersCount > 0 && (
        <label className="check-line" htmlFor={boxId}>
          <input
            id={boxId}
            type="checkbox"
            className="checkbox"
            checked={isForAll}
            onChange={(event) => setIsForAll(event.target.checked)}
          />
          Do the same for {formatCount(othersCount, 'other file', 'other files')} of this upload
        </label>
      )}
    </Dialog>
  );
}
