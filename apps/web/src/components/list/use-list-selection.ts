/** The selection in a list, bound to the entries that are loaded. */
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { extendTo, keepOnly, NO_SELECTION, type Selection, selectNone, selectOnly, stepTo, toggle } from './selection.ts';

/** What the mouse and the focus do with a row. */
export interface RowPointing<Item> {
  readonly onPoint: (entry: Item, event: MouseEvent) => void;
  /** Something inside the row got the focus. */
  readonly onReach: (entry: Item) => void;
  readonly onToggle: (entry: Item, isRange: boolean) => void;
}

export interface ListSelection<Item> {
  readonly selection: Selection;
  readonly set: (selection: Selection) => void;
  readonly clear: () => void;
  /** In the order of the list. */
  readonly selectedEntries: readonly Item[];
  readonly activeEntry: Item | undefined;
  /** What an action of the keyboard is about: the selected entries, or the active one. */
  readonly meant: readonly Item[];
  readonly pointing: RowPointing<Item>;
  /** The keyboard goes on at the neighbour of entries that are about to vanish. */
  readonly stepBeyond: (entries: readonly Item[]) => void;
}

export interface ListSelectionOptions<Item> {
  /** What names an entry in the list; always the same function. */
  readonly keyOf: (entry: Item) => string;
  /** The key of the entry that the keyboard stands on at first. */
  readonly from?: string | undefined;
}

export function useListSelection<Item>(entries: readonly Item[], { keyOf, from }: ListSelectionOptions<Item>): ListSelection<Item> {
  const [kept, set] = useState<Selection>(() => (from === undefined ? NO_SELECTION : stepTo(NO_SELECTION, from)));
  const byKey = useMemo(() => new Map(entries.map((entry) => [keyOf(entry), entry])), [entries, keyOf]);
  const selection = useMemo(() => keepOnly(kept, byKey), [kept, byKey]);
  const keys = useRef<readonly string[]>([]);
  useEffect(() => {
    keys.current = entries.map(keyOf);
  }, [entries, keyOf]);

  const pointing = useMemo<RowPointing<Item>>(
    () => ({
      onPoint: (entry, event) => {
        const key = keyOf(entry);
        if (event.shiftKey) set((before) => extendTo(before, keys.current, key));
        else if (event.ctrlKey || event.metaKey) set((before) => toggle(before, key));
        else set(selectOnly(key));
      },
      onReach: (entry) => {
        const key = keyOf(entry);
        set((before) => (before.active === key ? before : { ...before, active: key }));
      },
      onToggle: (entry, isRange) => {
        const key = keyOf(entry);
        set((before) => (isRange ? extendTo(before, keys.current, key) : toggle(before, key)));
      },
    }),
    [keyOf],
  );
  const stepBeyond = useCallback(
    (gone: readonly Item[]): void => {
      const goneSet = new Set(gone.map(keyOf));
      const last = keys.current.findLastIndex((key) => goneSet.has(key));
      const next =
        keys.current.slice(last + 1).find((key) => !goneSet.has(key)) ??
        keys.current.slice(0, Math.max(0, last)).findLast((key) => !goneSet.has(key));
      set(next === undefined ? NO_SELECTION : stepTo(NO_SELECTION, next));
    },
    [keyOf],
  );

  const { selected, active } = selection;
  const selectedEntries = useMemo(
    () => (selected.size === 0 ? [] : entries.filter((entry) => selected.has(keyOf(entry)))),
    [selected, entries, keyOf],
  );
  const activeEntry = active === null ? undefined : byKey.get(active);
  const meant = selectedEntries.length > 0 || activeEntry === undefined ? selectedEntries : [activeEntry];
  return { selection, set, clear: () => set(selectNone), selectedEntries, activeEntry, meant, pointing, stepBeyond };
}
