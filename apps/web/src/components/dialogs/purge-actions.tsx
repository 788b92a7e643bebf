import { formatPercent } from '../../format/size.ts';

interface PurgeActionsProps {
  readonly label: string;
  /** How many entries there are; `undefined` as long as they are counted. */
  readonly total: number | undefined;
  /** How many are gone; `undefined` until it was begun. */
  readonly done: number | undefined;
  readonly onPurge: () => void;
  readonly onClose: () => void;
}

/** The end of a dialog that deletes for good. The focus begins at the way out. */
export function PurgeActions({ label, total, done, onPurge, onClose }: PurgeActionsProps) {
  return (
    <div className="dialog-actions">
      <button type="button" className="button" data-initial-focus onClick={onClose}>
        {done === undefined ? 'Cancel' : 'Close'}
      </button>
      <button
        type="button"
        className="button button-danger"
        disabled={total === undefined || total === 0 || done !== undefined}
        onClick={onPurge}
      >
        {done === undefined || total === undefined ? label : `Deleting, ${formatPercent(done, total)}`}
      </button>
    </div>
  );
}
