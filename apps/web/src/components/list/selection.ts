/**
 * Which entries of a list are selected, and on which one the keyboard stands. Pure. Entries are named by a key (a path, or an
 * id), so that a selection survives sorting and loading; what went away falls out by `keepOnly`.
 */

export interface Selection {
  readonly selected: ReadonlySet<string>;
  /** Where the keyboard stands. */
  readonly active: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const NO_SELECTION: Selection = { selected: new Set(), active: null, anchor: null };

/** The keyboard steps to `key`; a selection stays as it is. */
export function stepTo(selection: Selection, key: string): Selection {
  return { ...selection, active: key, anchor: key };
}

/** Nothing but `key` is selected. */
export function selectOnly(key: string): Selection {
  return { selected: new Set([key]), active: key, anchor: key };
}

export function toggle(selection: Selection, key: string): Selection {
  const selected = new Set(selection.selected);
  if (!selected.delete(key)) selected.add(key);
  return { selected, active: key, anchor: key };
}

/** Everything between the anchor and `key` is selected beside what was. */
export function extendTo(selection: Selection, keys: readonly string[], key: string): Selection {
  const anchor = selection.anchor ?? key;
  const [from, to] = [keys.indexOf(anchor), keys.indexOf(key)].sort((a, b) => a - b) as [number, number];
  const range = keys.slice(Math.max(0, from), to + 1);
  return { selected: new Set([...selection.selected, ...range]), active: key, anchor };
}

export function selectAll(selection: Selection, keys: readonly string[]): Selection {
  return { ...selection, selected: new Set(keys) };
}

export function selectNone(selection: Selection): Selection {
  return { ...selection, selected: new Set() };
}

/** The same object where nothing falls out. */
export function keepOnly(selection: Selection, existing: ReadonlyMap<string, unknown>): Selection {
  const kept = [...selection.selected].filter((key) => existing.has(key));
  const here = (key: string | null): string | null => (key !== null && existing.has(key) ? key : null);
  const [active, anchor] = [here(selection.active), here(selection.anchor)];
  if (kept.length === selection.selected.size && active === selection.active && anchor === selection.anchor) return selection;
  return { selected: new Set(kept), active, anchor };
}
