/** The entries of a folder. */
import type { Entry } from '@netstore/shared-types';
import type { ListingSort } from '../../api/listing-pages.ts';
import { NARROW_QUERY } from '../use-media-query.ts';
import { useNow } from '../use-now.ts';
import { FileRow, type RowHandlers } from './file-row.tsx';
import { ListGrid } from './list-grid.tsx';
import { ListHeader } from './list-header.tsx';
import type { ListCommand } from './list-keys.ts';
import type { ListSelection } from './use-list-selection.ts';
import type { Loaded } from './use-loaded.ts';

interface FileListProps {
  readonly label: string;
  readonly listing: Loaded<Entry>;
  readonly sorting: ListingSort;
  readonly onSort: (sorting: ListingSort) => void;
  readonly selection: ListSelection<Entry>;
  readonly rowHandlers: RowHandlers;
  /** Commands that do more than walk and select. */
  readonly onCommand: (kind: ListCommand['kind']) => void;
}

const NARROW = { query: NARROW_QUERY, rowPx: 64 } as const;

export const pathOf = ({ path }: Entry): string => path;

export function FileList({ label, listing, sorting, onSort, selection, rowHandlers, onCommand }: FileListProps) {
  const nowMs = useNow();
  return (
    <ListGrid
      label={label}
      loaded={listing}
      keyOf={pathOf}
      narrow={NARROW}
      selection={selection.selection}
      onSelection={selection.set}
      onCommand={onCommand}
      head={(onSelectAll) => (
        <ListHeader
          sorting={sorting}
          onSort={onSort}
          selectedCount={selection.selection.selected.size}
          loadedCount={listing.entries.length}
          onSelectAll={onSelectAll}
        />
      )}
      row={(entry, place) => <FileRow key={entry.path} {...place} entry={entry} nowMs={nowMs} handlers={rowHandlers} />}
    />
  );
}
