import { Icon } from '../icon.tsx';

/** A folder with nothing in it, and what to do about that. */
export function EmptyFolder({ canWrite }: { readonly canWrite: boolean }) {
  return (
    <div className="note">
      <span className="note-icon">
        <Icon name={canWrite ? 'upload' : 'folder'} size={26} />
      </span>
      <h2 className="note-title">This folder is empty</h2>
      {canWrite && <p className="note-text">Drop files or folders here, or use Upload. Every file is kept on three nodes.</p>}
    </div>
  );
}
