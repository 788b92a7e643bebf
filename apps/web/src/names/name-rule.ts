/**
 * What may be the name of a file or folder, said before anything is sent. The server has the last word; the rules are
 * those of `parseFilePath` in @netstore/shared-types.
 */

const NAME_BYTES_MAX = 255;
/** C0, DEL, C1, line separators, and the characters that reorder or hide text around them. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** What is wrong with the name, in words for the one who typed it; `undefined` when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'Type a name.';
  if (name === '.' || name === '..') return `“${name}” cannot be a name.`;
  if (name.includes('/')) return 'A name cannot contain “/”.';
  if (!name.isWellFormed() || FORBIDDEN.test(name)) return 'The name contains a character that cannot be shown.';
  const bytes = new TextEncoder().encode(name.normalize('NFC')).length;
  if (bytes > NAME_BYTES_MAX) return `The name is too long: ${bytes} bytes, at most ${NAME_BYTES_MAX}.`;
  return undefined;
}
