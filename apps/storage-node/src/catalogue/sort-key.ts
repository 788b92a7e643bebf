/**
 * The order of names: what people expect, and the same on every node whatever libraries it was built with. Two names compare
 * like their keys, byte by byte:
 *
 *   key = folded name · U+0000 · name, all in UTF-8
 *
 *   - A Latin, Greek or Cyrillic letter folds to its lower case, in Latin and Greek without accents: `Émile` is beside `emil`.
 *   - A run of the digits 0-9 folds to `0`, its length without leading zeros as one character, and those digits: `page 9`
 *     is before `page 10`.
 *   - Everything else stands for itself, in the order of code points.
 *   - Names that fold alike follow the order of code points: no two names have the same key.
 *
 * The letters are those of blocks that were complete in Unicode 7; how they fold is under Unicode's stability policies, and
 * a test pins the whole table.
 */

const BLOCKS = [
  { first: 0x00c0, last: 0x024f, hasAccents: true }, // Latin
  { first: 0x0386, last: 0x03ce, hasAccents: true }, // Greek
  { first: 0x0400, last: 0x052f, hasAccents: false }, // Cyrillic: й is a letter of its own
  { first: 0x1e00, last: 0x1eff, hasAccents: true }, // Latin, further accents
] as const;
/** Combining accents that have no composed letter: dropped. */
const ACCENTS = { first: 0x0300, last: 0x036f } as const;

/** Letters whose base is not the first of their canonical decomposition. */
const BASES = [
  ['ßẞ', 'ss'],
  ['æÆ', 'ae'],
  ['œŒ', 'oe'],
  ['þÞ', 'th'],
  ['øØ', 'o'],
  ['đĐðÐ', 'd'],
  ['łŁ', 'l'],
  ['ħĦ', 'h'],
  ['ı', 'i'],
  ['ς', 'σ'],
  ['ёЁ', 'е'],
] as const;

const FOLDED = foldedLetters();
const LATIN_CAPITALS = /[A-Z]+/g;
const ABOVE_ASCII = /[^\0-\x7f]/gu;
const DIGITS = /[0-9]+/g;
const LEADING_ZEROS = /^0+(?=.)/;

/** Before the key of every name. */
export const FIRST_SORT_KEY: Uint8Array = Buffer.alloc(0);
/** After the key of every name: UTF-8 has no such byte. */
export const LAST_SORT_KEY: Uint8Array = Buffer.of(0xff);

/** `name` is one segment of a checked path: it has no control characters. */
export function sortKeyOf(name: string): Uint8Array {
  return Buffer.from(`${foldName(name)}\0${name}`);
}

function foldName(name: string): string {
  return name
    .replace(ABOVE_ASCII, (letter) => FOLDED.get(letter) ?? letter)
    .replace(LATIN_CAPITALS, (letters) => letters.toLowerCase())
    .replace(DIGITS, foldDigits);
}

function foldDigits(run: string): string {
  const digits = run.replace(LEADING_ZEROS, '');
  return `0${String.fromCharCode(digits.length)}${digits}`;
}

function foldedLetters(): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const { first, last, hasAccents } of BLOCKS) {
    for (const letter of lettersFrom(first, last)) {
      const lower = letter.toLowerCase();
      folded.set(letter, hasAccents ? (lower.normalize('NFD')[0] ?? lower) : lower);
    }
  }
  for (const accent of lettersFrom(ACCENTS.first, ACCENTS.last)) folded.set(accent, '');
  for (const [letters, base] of BASES) {
    for (const letter of letters) folded.set(letter, base);
  }
  return folded;
}

function lettersFrom(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));
}
