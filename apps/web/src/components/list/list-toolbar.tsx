/** Above the list: what can be done here, or, while entries are selected, with them. */
import type { Entry } from '@netstore/shared-types';
import { Link } from 'react-router';
import { formatCount } from '../../format/size.ts';
import { UploadButton } from '../../uploads/upload-button.tsx';
import { Icon } from '../icon.tsx';
import { IconButton } from '../icon-button.tsx';
import type { EntryAction } from './entry-menu.ts';
import { ReadOnlyNote } from './read-only-note.tsx';

interface ListToolbarProps {
  readonly selected: readonly Entry[];
  readonly canWrite: boolean;
  /** Why nothing may be changed here, where that is known. */
  readonly reason: string | undefined;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onMakeFolder: () => void;
  /** Does it with the selected entries. */
  readonly onAction: (action: EntryAction) => void;
  readonly onClear: () => void;
  /** Where the members of the space are; `undefined` for those who may not see them. */
  readonly membersAddress: string | undefined;
}

export function ListToolbar(props: ListToolbarProps) {
  return props.selected.length > 0 ? <SelectionBar {...props} /> : <FolderBar {...props} />;
}

function FolderBar({ canWrite, reason, onFiles, onMakeFolder, membersAddress }: ListToolbarProps) {
  const members = membersAddress !== undefined && (
    <Link className="icon-button" to={membersAddress} aria-label="Members" title="Members">
      <Icon name="people" />
    </Link>
  );
  if (!canWrite) {
    return (
      <>
        {reason !== undefined && <ReadOnlyNote words={reason} />}
        {members}
      </>
    );
  }
  return (
    <div className="toolbar" role="toolbar" aria-label="Folder">
      {members}
      <button type="button" className="button" onClick={onMakeFolder}>
        <Icon name="folder-plus" size={18} />
        <span>New folder</span>
      </button>
      <UploadButton onFiles={onFiles} />
    </div>
  );
}

function SelectionBar({ selected, canWrite, onAction, onClear }: ListToolbarProps) {
  const hasFile = selected.some((entry) => entry.kind === 'file');
  const canChange = canWrite && !selected.some(({ isReadOnly }) => isReadOnly === true);
  return (
    <div className="toolbar is-selection" role="toolbar" aria-label="Selection">
      <IconButton icon="close" label="Clear the selection" onClick={onClear} />
      <strong className="toolbar-count">{formatCount(selected.length, 'selected', 'selected')}</strong>
      {hasFile && (
        <button type="button" className="button" onClick={() => onAction('download')}>
          <Icon name="download" size={18} />
          <span>Download</span>
        </button>
      )}
      {canChange && (
        <>
          <button type="button" className="button" onClick={() => onAction('move')}>
            <Icon name="move" size={18} />
            <span>Move</span>
          </button>
          <button type="button" className="button is-dangerous" onClick={() => onAction('delete')}>
            <Icon name="trash" size={18} />
            <span>Delete</span>
          </button>
        </>
      )}
    </div>
  );
}
