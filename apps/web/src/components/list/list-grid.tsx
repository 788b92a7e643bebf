// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows come and go while it scrolls cannot be a <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active row.

/**
 * A list as a grid of which only the visible rows exist, so that a hundred thousand entries scroll as lightly as ten. The
 * grid itself holds the focus and names its active row, because rows come and go while it scrolls. Which columns there are
 * is the business of whoever uses it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { useMediaQuery } from '../use-media-query.ts';
import { type ListCommand, listCommand } from './list-keys.ts';
import { MoreRow } from './more-row.tsx';
import { extendTo, type Selection, selectAll, selectNone, stepTo, toggle } from './selection.ts';
import type { Loaded } from './use-loaded.ts';

/** Where and how a row is drawn. */
export interface RowPlace {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
}

interface ListGridProps<Item> {
  readonly label: string;
  readonly loaded: Loaded<Item>;
  /** What names an entry in the selection; always the same function. */
  readonly keyOf: (entry: Item) => string;
  /** Where there is no room for columns, each entry takes more lines. The style sheets name the same width. */
  readonly narrow: { readonly query: string; readonly rowPx: number };
  readonly selection: Selection;
  readonly onSelection: (selection: Selection) => void;
  /** Commands that do more than walk and select. */
  readonly onCommand: (kind: ListCommand['kind']) => void;
  /** Looks like a row; `onSelectAll` of its checkbox is given. */
  readonly head: (onSelectAll: (isAll: boolean) => void) => ReactNode;
  readonly row: (entry: Item, place: RowPlace) => ReactNode;
}

const ROW_PX = 46;
const OVERSCAN_ROWS = 12;
/** The next page is fetched when this few loaded rows are left below. */
const AHEAD_ROWS = 300;

export function ListGrid<Item>(props: ListGridProps<Item>) {
  const { label, loaded, keyOf, narrow, selection, onSelection, onCommand, head, row } = props;
  const { entries, hasMore, isLoadingMore, hasMoreProblem, loadMore } = loaded;
  const grid = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const rowPx = useMediaQuery(narrow.query) ? narrow.rowPx : ROW_PX;
  const keys = useMemo(() => entries.map(keyOf), [entries, keyOf]);
  const activeIndex = useMemo(() => (selection.active === null ? -1 : keys.indexOf(selection.active)), [keys, selection.active]);
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

  // The list took the place of a skeleton or of another list, or what had the focus went with what was selected: whoever
  // walks by keyboard walks on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another selection is the reason, not an input.
  useEffect(() => {
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, [selection]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (belongsToControl(event)) return;
    const pageSize = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowPx) / rowPx) - 1);
    const command = listCommand(event, { activeIndex, count: entries.length, pageSize });
    if (command === undefined) return;
    event.preventDefault();
    if (command.kind === 'step') {
      const key = keys[command.to];
      if (key === undefined) return;
      onSelection(command.isExtending ? extendTo(selection, keys, key) : stepTo(selection, key));
      rows.scrollToIndex(command.to, { align: 'auto' });
    } else if (command.kind === 'toggle') {
      if (selection.active !== null) onSelection(toggle(selection, selection.active));
    } else if (command.kind === 'select-all') onSelection(selectAll(selection, keys));
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
      {head((isAll) => onSelection(isAll ? selectAll(selection, keys) : selectNone(selection)))}
      <div ref={scroller} className="list-scroll" role="rowgroup" tabIndex={-1}>
        <div className="list-rows" role="presentation" style={{ height: `${rows.getTotalSize()}px` }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const [entry, key] = [entries[index], keys[index]];
            if (entry === undefined || key === undefined)
              return <MoreRow key="more" top={start} hasProblem={hasMoreProblem} onRetry={loadMore} />;
            const isSelected = selection.selected.has(key);
            return row(entry, { id: `${idPrefix}${index}`, index, top: start, isSelected, isActive: index === activeIndex });
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
