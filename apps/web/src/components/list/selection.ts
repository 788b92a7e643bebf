/**
 * Which entries of a list are selected, and on which one the keyboard stands. Pure. Entries are named by path, so that a
 * selection survives sorting and loading; what went away falls out by `keepOnly`.
 */

export interface Selection {
  readonly selected: ReadonlySet<string>;
  /** Where the keyboard stands. */
  readonly active: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const NO_SELECTION: Selection = { selected: new Set(), active: null, anchor: null };

/** The keyboard steps to `path`; a selection stays as it is. */
export function stepTo(selection: Selection, path: string): Selection {
  return { ...selection, active: path, anchor: path };
}

/** Nothing but `path` is selected. */
export function selectOnly(path: string): Selection {
  return { selected: new Set([path]), active: path, anchor: path };
}

export function toggle(selection: Selection, path: string): Selection {
  const selected = new Set(selection.selected);
  if (!selected.delete(path)) selected.add(path);
  return { selected, active: path, anchor: path };
}

/** Everything between the anchor and `path` is selected beside what was. */
export function extendTo(selection: Selection, paths: readonly string[], path: string): Selection {
  const anchor = selection.anchor ?? path;
  const [from, to] = [paths.indexOf(anchor), paths.indexOf(path)].sort((a, b) => a - b) as [number, number];
  const range = paths.slice(Math.max(0, from), to + 1);
  return { selected: new Set([...selection.selected, ...range]), active: path, anchor };
}

export function selectAll(selection: Selection, paths: readonly string[]): Selection {
  return { ...selection, selected: new Set(paths) };
}

export function selectNone(selection: Selection): Selection {
  return { ...selection, selected: new Set() };
}

/** The same object where nothing falls out. */
export function keepOnly(selection: Selection, existing: ReadonlyMap<string, unknown>): Selection {
  const kept = [...selection.selected].filter((path) => existing.has(path));
  const here = (path: string | null): string | null => (path !== null && existing.has(path) ? path : null);
  const [active, anchor] = [here(selection.active), here(selection.anchor)];
  if (kept.length === selection.selected.size && active === selection.active && anchor === selection.anchor) return selection;
  return { selected: new Set(kept), active, anchor };
}
