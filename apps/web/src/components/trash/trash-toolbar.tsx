/** Above the list of the trash: emptying it, or, while entries are selected, what can be done with them. */
import { formatCount } from '../../format/size.ts';
import { Icon } from '../icon.tsx';
import { IconButton } from '../icon-button.tsx';
import type { TrashAction } from './trash-menu.ts';

interface TrashToolbarProps {
  readonly selectedCount: number;
  /** There is something in it, and nothing known of it is closed to who looks. */
  readonly canEmpty: boolean;
  readonly onEmpty: () => void;
  /** Does it with the selected entries. */
  readonly onAction: (action: TrashAction) => void;
  readonly onClear: () => void;
}

export function TrashToolbar({ selectedCount, canEmpty, onEmpty, onAction, onClear }: TrashToolbarProps) {
  if (selectedCount === 0) {
    if (!canEmpty) return null;
    return (
      <div className="toolbar" role="toolbar" aria-label="Trash">
        <button type="button" className="button is-dangerous" onClick={onEmpty}>
          <Icon name="trash" size={18} />
          <span>Empty trash</span>
        </button>
      </div>
    );
  }
  return (
    <div className="toolbar is-selection" role="toolbar" aria-label="Selection">
      <IconButton icon="close" label="Clear the selection" onClick={onClear} />
      <strong className="toolbar-count">{formatCount(selectedCount, 'selected', 'selected')}</strong>
      <button type="button" className="button" onClick={() => onAction('restore')}>
        <Icon name="restore" size={18} />
        <span>Restore</span>
      </button>
      <button type="button" className="button" onClick={() => onAction('restore-to')}>
        <Icon name="move" size={18} />
        <span>Restore to</span>
      </button>
      <button type="button" className="button is-dangerous" onClick={() => onAction('purge')}>
        <Icon name="trash" size={18} />
        <span>Delete forever</span>
      </button>
    </div>
  );
}
