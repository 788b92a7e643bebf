/**
 * The order of names in listings, as the nodes have it: accents and capitals count only among names that are alike otherwise,
 * and runs of digits count as numbers. The nodes have the last word; where a letter folds otherwise there, the next fetch of
 * the listing puts it right.
 */

const ACCENTS = /[\u0300-\u036f]/g;
const DIGITS = /[0-9]+/g;
const LEADING_ZEROS = /^0+(?=.)/;

/** Negative when `a` comes before `b`. */
export function compareNames(a: string, b: string): number {
  return compareText(fold(a), fold(b)) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fold(name: string): string {
  return name.normalize('NFD').replace(ACCENTS, '').toLowerCase().replace(DIGITS, foldDigits);
}

/** Longer numbers sort after shorter ones. */
function foldDigits(run: string): string {
  const digits = run.replace(LEADING_ZEROS, '');
  return `0${String.fromCharCode(digits.length)}${digits}`;
}
