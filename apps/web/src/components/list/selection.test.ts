import { describe, expect, test } from 'vitest';
import { extendTo, keepOnly, NO_SELECTION, selectAll, selectNone, selectOnly, stepTo, toggle } from './selection.ts';

const paths = ['a', 'b', 'c', 'd', 'e'];

describe('a selection', () => {
  test('is not changed by walking through the list', () => {
    expect(stepTo(selectOnly('a'), 'c')).toEqual({ selected: new Set(['a']), active: 'c', anchor: 'c' });
  });

  test('extends from the anchor in both directions and keeps what was selected', () => {
    const down = extendTo(selectOnly('b'), paths, 'd');
    expect([...down.selected]).toEqual(['b', 'c', 'd']);
    expect([...extendTo(toggle(selectOnly('e'), 'c'), paths, 'a').selected].sort()).toEqual(['a', 'b', 'c', 'e']);
  });

  test('without an anchor begins where it is extended to', () => {
    expect([...extendTo(NO_SELECTION, paths, 'c').selected]).toEqual(['c']);
  });

  test('toggles one entry', () => {
    expect([...toggle(toggle(selectOnly('a'), 'b'), 'a').selected]).toEqual(['b']);
  });

  test('takes all and none', () => {
    const all = selectAll(NO_SELECTION, paths);
    expect(all.selected.size).toBe(5);
    expect(selectNone(all).selected.size).toBe(0);
  });

  test('loses what is gone, and is the same object where nothing is', () => {
    const selection = extendTo(selectOnly('b'), paths, 'd');
    expect(keepOnly(selection, new Map([['b', 1]]))).toEqual({ selected: new Set(['b']), active: null, anchor: 'b' });
    expect(keepOnly(selection, new Map(paths.map((path) => [path, 1])))).toBe(selection);
  });
});
