import { describe, expect, test } from 'vitest';
import { listCommand } from './list-keys.ts';

const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const middle = { activeIndex: 5, count: 20, pageSize: 8 };
const press = (key: string, with_: Partial<typeof plain> = {}, position = middle) => listCommand({ key, ...plain, ...with_ }, position);

describe('keys in the list', () => {
  test.each([
    ['ArrowDown', 6],
    ['ArrowUp', 4],
    ['PageDown', 13],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 19],
  ])('%s steps to %d', (key, to) => {
    expect(press(key)).toEqual({ kind: 'step', to, isExtending: false });
    expect(press(key, { shiftKey: true })).toEqual({ kind: 'step', to, isExtending: true });
  });

  test('the first step enters the list at its near end', () => {
    const outside = { ...middle, activeIndex: -1 };
    expect(press('ArrowDown', {}, outside)).toMatchObject({ to: 0 });
    expect(press('ArrowUp', {}, outside)).toMatchObject({ to: 19 });
  });

  test('steps stay inside, and an empty list has none', () => {
    expect(press('ArrowDown', {}, { ...middle, activeIndex: 19 })).toMatchObject({ to: 19 });
    expect(press('ArrowDown', {}, { ...middle, count: 0, activeIndex: -1 })).toBeUndefined();
  });

  test.each([
    ['Enter', 'open'],
    ['F2', 'rename'],
    ['Delete', 'delete'],
    [' ', 'toggle'],
    ['Escape', 'select-none'],
    ['Backspace', 'open-parent'],
  ])('%j means %s', (key, kind) => {
    expect(press(key)).toEqual({ kind });
  });

  test('Ctrl+A and Cmd+A select all, Ctrl+Z undoes, and other keys of the browser are left to it', () => {
    expect(press('a', { ctrlKey: true })).toEqual({ kind: 'select-all' });
    expect(press('A', { metaKey: true })).toEqual({ kind: 'select-all' });
    expect(press('z', { ctrlKey: true })).toEqual({ kind: 'undo' });
    expect(press('r', { ctrlKey: true })).toBeUndefined();
    expect(press('ArrowLeft', { altKey: true })).toBeUndefined();
    expect(press('Tab')).toBeUndefined();
  });
});
