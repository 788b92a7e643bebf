import { Icon } from '../icon.tsx';

/** Nothing is in the trash, and what it is for. */
export function EmptyTrashNote() {
  return (
    <div className="note">
      <span className="note-icon">
        <Icon name="trash" size={26} />
      </span>
      <h2 className="note-title">The trash is empty</h2>
      <p className="note-text">What you delete stays here for a time and can be restored with all its versions.</p>
    </div>
  );
}
