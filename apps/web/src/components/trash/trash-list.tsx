// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

/** What is in the trash of a space, last deleted first. */
import type { TrashEntry } from '@netstore/shared-types';
import { ListGrid } from '../list/list-grid.tsx';
import type { ListCommand } from '../list/list-keys.ts';
import { SelectAll } from '../list/select-all.tsx';
import type { ListSelection } from '../list/use-list-selection.ts';
import type { Loaded } from '../list/use-loaded.ts';
import { useNow } from '../use-now.ts';
import { TrashRow, type TrashRowHandlers } from './trash-row.tsx';

interface TrashListProps {
  readonly space: string;
  readonly trash: Loaded<TrashEntry>;
  readonly selection: ListSelection<TrashEntry>;
  readonly handlers: TrashRowHandlers;
  /** Commands that do more than walk and select. */
  readonly onCommand: (kind: ListCommand['kind']) => void;
}

/** More columns than a folder has need more room. */
const NARROW = { query: '(max-width: 1020px)', rowPx: 84 } as const;
const COLUMNS = [
  ['cell-name', 'Name'],
  ['cell-place', 'Was in'],
  ['cell-size', 'Size'],
  ['cell-time', 'Deleted'],
  ['cell-purge', 'Goes for good'],
] as const;

export const trashIdOf = ({ id }: TrashEntry): string => id;

export function TrashList({ space, trash, selection, handlers, onCommand }: TrashListProps) {
  const nowMs = useNow();
  return (
    <ListGrid
      label="Trash"
      loaded={trash}
      keyOf={trashIdOf}
      narrow={NARROW}
      selection={selection.selection}
      onSelection={selection.set}
      onCommand={onCommand}
      head={(onSelectAll) => (
        <div className="list-head" role="row" aria-rowindex={1}>
          <span role="columnheader" className="cell-check">
            <SelectAll selectedCount={selection.selection.selected.size} loadedCount={trash.entries.length} onSelectAll={onSelectAll} />
          </span>
          {COLUMNS.map(([className, label]) => (
            <span key={className} role="columnheader" className={className}>
              {label}
            </span>
          ))}
          <span role="columnheader" className="cell-menu">
            <span className="visually-hidden">Actions</span>
          </span>
        </div>
      )}
      row={(entry, place) => <TrashRow key={entry.id} {...place} space={space} entry={entry} nowMs={nowMs} handlers={handlers} />}
    />
  );
}
