/** Names for a file that must not lie where another does. */
import { NAME_BYTES_MAX } from '@netstore/shared-types';

/** Each has to be looked for: after so many comes one that nobody has thought of. */
const NUMBERS_MAX = 8;
const MARKS_MAX = 2;
const MARK_CHARACTERS = 10;
/** What is longer behind a dot says no type. */
const EXTENSION_CHARACTERS_MAX = 16;

/** The name, `photo (2).jpg` and so on, and when many have come under it, `photo (k3q9a2vd0b).jpg`. None is longer than a name may be. */
export function* distinctNames(name: string): Generator<string> {
  yield name;
  for (let number = 2; number <= NUMBERS_MAX; number += 1) yield marked(name, String(number));
  for (let count = 0; count < MARKS_MAX; count += 1) yield marked(name, randomMark());
}

function marked(name: string, mark: string): string {
  const dot = name.lastIndexOf('.');
  const isLong = name.length - dot > EXTENSION_CHARACTERS_MAX;
  const [stem, extension] = dot <= 0 || isLong ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  const end = ` (${mark})${extension}`;
  return cutTo(NAME_BYTES_MAX - Buffer.byteLength(end), stem) + end;
}

/** Whole characters. */
function cutTo(bytesMax: number, text: string): string {
  const characters = [...text];
  while (Buffer.byteLength(characters.join('')) > bytesMax) characters.pop();
  return characters.join('');
}

function randomMark(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(MARK_CHARACTERS)), (byte) => (byte % 32).toString(32)).join('');
}
