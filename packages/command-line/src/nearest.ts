/** The word that somebody probably meant. Pure. */

/** A word that needs more changes than this, or than a third of its letters, is another word. */
const DISTANCE_MAX = 3;

/** Undefined when nothing is near. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance);
  if (best === undefined || best.distance > Math.min(DISTANCE_MAX, Math.ceil(best.candidate.length / 3))) return undefined;
  return best.candidate;
}

/** Levenshtein's: letters to insert, remove or replace. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (letter === other[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
