/**
 * When two names of users, or of spaces, are too much alike for both to exist. Names are a-z, 0-9 and `. _ -`, so that Unicode's look-alikes cannot
 * come up at all; what is left are the pairs that eyes confuse in most typefaces.
 */

const LOOK_ALIKES: readonly (readonly [RegExp, string])[] = [
  [/0/g, 'o'],
  [/1/g, 'l'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[._]/g, '-'],
];

/** The one spelling that all names of the same look share. The folding first, for names that were never checked. */
export function skeletonOf(name: string): string {
  const folded = foldUsername(name);
  return LOOK_ALIKES.reduce((text, [pattern, letter]) => text.replace(pattern, letter), folded);
}

/** Names as people type them: phones begin with a capital, and some keyboards make wide letters. */
export function foldUsername(typed: string): string {
  return typed.normalize('NFKC').toLowerCase();
}
