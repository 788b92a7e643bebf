/** The selection in the list of one folder, bound to the entries that are loaded. */
import type { Entry } from '@netstore/shared-types';
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { extendTo, keepOnly, NO_SELECTION, type Selection, selectNone, selectOnly, stepTo, toggle } from './selection.ts';

export interface FolderSelection {
  readonly selection: Selection;
  readonly set: (selection: Selection) => void;
  readonly clear: () => void;
  readonly selectedEntries: readonly Entry[];
  readonly activeEntry: Entry | undefined;
  /** What an action of the keyboard is about: the selected entries, or the active one. */
  readonly meant: readonly Entry[];
  readonly point: (entry: Entry, event: MouseEvent) => void;
  readonly reach: (entry: Entry) => void;
  readonly toggleRow: (entry: Entry, isRange: boolean) => void;
  /** The keyboard goes on at the neighbour of entries that are about to vanish. */
  readonly stepBeyond: (entries: readonly Entry[]) => void;
}

/** `from` is the folder that the user came up from: the keyboard stands on it. */
export function useFolderSelection(entries: readonly Entry[], from: string | undefined): FolderSelection {
  const [kept, set] = useState<Selection>(() => (from === undefined ? NO_SELECTION : stepTo(NO_SELECTION, from)));
  const byPath = useMemo(() => new Map(entries.map((entry) => [entry.path, entry])), [entries]);
  const selection = useMemo(() => keepOnly(kept, byPath), [kept, byPath]);
  const paths = useRef<readonly string[]>([]);
  useEffect(() => {
    paths.current = entries.map((entry) => entry.path);
  }, [entries]);

  const point = useCallback((entry: Entry, event: MouseEvent): void => {
    if (event.shiftKey) set((before) => extendTo(before, paths.current, entry.path));
    else if (event.ctrlKey || event.metaKey) set((before) => toggle(before, entry.path));
    else set(selectOnly(entry.path));
  }, []);
  const reach = useCallback((entry: Entry): void => {
    set((before) => (before.active === entry.path ? before : { ...before, active: entry.path }));
  }, []);
  const toggleRow = useCallback((entry: Entry, isRange: boolean): void => {
    set((before) => (isRange ? extendTo(before, paths.current, entry.path) : toggle(before, entry.path)));
  }, []);
  const stepBeyond = useCallback((gone: readonly Entry[]): void => {
    const goneSet = new Set(gone.map((entry) => entry.path));
    const last = paths.current.findLastIndex((path) => goneSet.has(path));
    const next =
      paths.current.slice(last + 1).find((path) => !goneSet.has(path)) ??
      paths.current.slice(0, Math.max(0, last)).findLast((path) => !goneSet.has(path));
    set(next === undefined ? NO_SELECTION : stepTo(NO_SELECTION, next));
  }, []);

  const selectedEntries = useMemo(() => [...selection.selected].flatMap((path) => byPath.get(path) ?? []), [selection.selected, byPath]);
  const activeEntry = selection.active === null ? undefined : byPath.get(selection.active);
  const meant = selectedEntries.length > 0 || activeEntry === undefined ? selectedEntries : [activeEntry];
  return { selection, set, clear: () => set(selectNone), selectedEntries, activeEntry, meant, point, reach, toggleRow, stepBeyond };
}
