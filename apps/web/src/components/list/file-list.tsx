// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

/**
 * The entries of a folder as a grid of which only the visible rows exist, so that a hundred thousand entries scroll as
 * lightly as ten. The grid itself holds the focus and names its active row, because rows come and go while it scrolls.
 */
import type { Entry } from '@netstore/shared-types';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from 'react';
import type { ListingSort } from '../../api/listing-pages.ts';
import { NARROW_QUERY, useMediaQuery } from '../use-media-query.ts';
import { useNow } from '../use-now.ts';
import { FileRow, type RowHandlers } from './file-row.tsx';
import { ListHeader } from './list-header.tsx';
import { type ListCommand, listCommand } from './list-keys.ts';
import { MoreRow } from './more-row.tsx';
import { extendTo, type Selection, selectAll, selectNone, stepTo, toggle } from './selection.ts';
import type { LoadedListing } from './use-listing.ts';

interface FileListProps {
  readonly label: string;
  readonly listing: LoadedListing;
  readonly sorting: ListingSort;
  readonly onSort: (sorting: ListingSort) => void;
  readonly selection: Selection;
  readonly onSelection: (selection: Selection) => void;
  readonly rowHandlers: RowHandlers;
  /** Commands that do more than walk and select. */
  readonly onCommand: (kind: ListCommand['kind']) => void;
}

const ROW_PX = 46;
const NARROW_ROW_PX = 64;
const OVERSCAN_ROWS = 12;
/** The next page is fetched when this few loaded rows are left below. */
const AHEAD_ROWS = 300;

export function FileList({ label, listing, sorting, onSort, selection, onSelection, rowHandlers, onCommand }: FileListProps) {
  const { entries, hasMore, isLoadingMore, hasMoreProblem, loadMore } = listing;
  const grid = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const nowMs = useNow();
  const rowPx = useMediaQuery(NARROW_QUERY) ? NARROW_ROW_PX : ROW_PX;
  const paths = useMemo(() => entries.map((entry) => entry.path), [entries]);
  const activeIndex = useMemo(() => (selection.active === null ? -1 : paths.indexOf(selection.active)), [paths, selection.active]);
  const rows = useVirtualizer({
    count: entries.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of the rows is the reason, not an input.
  useEffect(() => rows.measure(), [rows, rowPx]);

  const lastIndex = rows.range?.endIndex ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && !hasMoreProblem && lastIndex >= entries.length - AHEAD_ROWS) loadMore();
  }, [hasMore, isLoadingMore, hasMoreProblem, lastIndex, entries.length, loadMore]);

  // The list took the place of a skeleton, or of another folder's list: whoever walks by keyboard walks on.
  useEffect(() => {
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (belongsToControl(event)) return;
    const pageSize = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowPx) / rowPx) - 1);
    const command = listCommand(event, { activeIndex, count: entries.length, pageSize });
    if (command === undefined) return;
    event.preventDefault();
    if (command.kind === 'step') {
      const path = paths[command.to];
      if (path === undefined) return;
      onSelection(command.isExtending ? extendTo(selection, paths, path) : stepTo(selection, path));
      rows.scrollToIndex(command.to, { align: 'auto' });
    } else if (command.kind === 'toggle') {
      if (selection.active !== null) onSelection(toggle(selection, selection.active));
    } else if (command.kind === 'select-all') onSelection(selectAll(selection, paths));
    else if (command.kind === 'select-none') onSelection(selectNone(selection));
    else onCommand(command.kind);
  };

  return (
    <div
      ref={grid}
      className="list"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={hasMore ? -1 : entries.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={activeIndex === -1 ? undefined : `${idPrefix}${activeIndex}`}
      onKeyDown={onKeyDown}
    >
      <ListHeader
        sorting={sorting}
        onSort={onSort}
        selectedCount={selection.selected.size}
        loadedCount={entries.length}
        onSelectAll={(isAll) => onSelection(isAll ? selectAll(selection, paths) : selectNone(selection))}
      />
      <div ref={scroller} className="list-scroll" role="rowgroup" tabIndex={-1}>
        <div className="list-rows" role="presentation" style={{ height: `${rows.getTotalSize()}px` }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const entry: Entry | undefined = entries[index];
            if (entry === undefined) return <MoreRow key="more" top={start} hasProblem={hasMoreProblem} onRetry={loadMore} />;
            const isSelected = selection.selected.has(entry.path);
            const shared = { id: `${idPrefix}${index}`, entry, index, top: start, nowMs, isSelected, isActive: index === activeIndex };
            return <FileRow key={entry.path} {...shared} handlers={rowHandlers} />;
          })}
        </div>
      </div>
    </div>
  );
}

/** The keys that work a button, a link or a checkbox inside the grid are theirs; all others are the list's. */
function belongsToControl({ target, key }: KeyboardEvent): boolean {
  if (key !== 'Enter' && key !== ' ') return false;
  return target instanceof Element && target.closest('button, a, input') !== null;
}
