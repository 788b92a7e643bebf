import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { colouredLine, fatalMessage, plainLine } from './log-format.ts';

const record = {
  level: 'warn',
  time: '2026-01-02T03:04:05.678Z',
  pid: 7,
  hostname: 'box',
  service: 'node-1',
  msg: 'peer is slow',
  peer: 'node-2',
  lagMs: 300,
};

describe('a line on a terminal', () => {
  test('shows level, message and fields and leaves out what the prefix says', () => {
    const text = stripVTControlCharacters(colouredLine('node-1', JSON.stringify(record)));
    expect(text).toMatch(/^node-1 {3}│ \d\d:\d\d:05\.678 WARN {2}peer is slow peer=node-2 lagMs=300$/);
  });

  test('is coloured', () => {
    const text = colouredLine('node-1', JSON.stringify(record));
    expect(text).not.toBe(stripVTControlCharacters(text));
  });

  test('that is not of the logger stays as it is', () => {
    for (const line of ['Error: broken', '{"level":', '{"a":1}', '']) {
      expect(stripVTControlCharacters(colouredLine('auth', line)).trimEnd()).toBe(`auth     │ ${line}`.trimEnd());
    }
  });

  test('cannot steer the terminal', () => {
    const clearScreen = '\u001b[2J';
    const shown = [
      colouredLine('auth', `${clearScreen}x`),
      colouredLine('auth', JSON.stringify({ level: 'info', msg: `${clearScreen}x`, name2: `${clearScreen}y` })),
    ];
    for (const text of shown) expect(text).not.toContain(clearScreen);
  });
});

test('a line anywhere else is only prefixed', () => {
  expect(plainLine('gateway', JSON.stringify(record))).toBe(`gateway  | ${JSON.stringify(record)}`);
});

test('a fatal line gives its message, any other line none', () => {
  expect(fatalMessage(JSON.stringify({ ...record, level: 'fatal' }))).toBe('peer is slow');
  expect(fatalMessage(JSON.stringify(record))).toBeUndefined();
  expect(fatalMessage('FATAL: x')).toBeUndefined();
});
