// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

import type { EntrySort } from '@netstore/shared-types';
import type { ListingSort } from '../../api/listing-pages.ts';
import { Icon } from '../icon.tsx';
import { SelectAll } from './select-all.tsx';

interface ListHeaderProps {
  readonly sorting: ListingSort;
  readonly onSort: (sorting: ListingSort) => void;
  readonly selectedCount: number;
  readonly loadedCount: number;
  readonly onSelectAll: (isAll: boolean) => void;
}

const COLUMNS: readonly { readonly sort: EntrySort; readonly label: string; readonly className: string }[] = [
  { sort: 'name', label: 'Name', className: 'cell-name' },
  { sort: 'sizeBytes', label: 'Size', className: 'cell-size' },
  { sort: 'modifiedAt', label: 'Modified', className: 'cell-time' },
];

/** The head of the grid: sorts by a column, or the other way round; names begin at A, sizes and times with the greatest. */
export function ListHeader({ sorting, onSort, selectedCount, loadedCount, onSelectAll }: ListHeaderProps) {
  const sortBy = (sort: EntrySort): void => {
    if (sort === sorting.sort) onSort({ sort, order: sorting.order === 'asc' ? 'desc' : 'asc' });
    else onSort({ sort, order: sort === 'name' ? 'asc' : 'desc' });
  };
  return (
    <div className="list-head" role="row" aria-rowindex={1}>
      <span role="columnheader" className="cell-check">
        <SelectAll selectedCount={selectedCount} loadedCount={loadedCount} onSelectAll={onSelectAll} />
      </span>
      {COLUMNS.map(({ sort, label, className }) => (
        <span key={sort} role="columnheader" className={className} aria-sort={ariaSort(sorting, sort)}>
          <button type="button" className="sort-button" onClick={() => sortBy(sort)}>
            {label}
            {sorting.sort === sort && (
              <span className={`sort-arrow is-${sorting.order}`}>
                <Icon name="up" size={14} />
              </span>
            )}
          </button>
        </span>
      ))}
      <span role="columnheader" className="cell-copies">
        Copies
      </span>
      <span role="columnheader" className="cell-menu">
        <span className="visually-hidden">Actions</span>
      </span>
    </div>
  );
}

function ariaSort(sorting: ListingSort, sort: EntrySort): 'ascending' | 'descending' | 'none' {
  if (sorting.sort !== sort) return 'none';
  return sorting.order === 'asc' ? 'ascending' : 'descending';
}
