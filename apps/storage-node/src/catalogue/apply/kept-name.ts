/** The name under which an entry is kept beside another of the same name: `report (2).pdf`. Equal on every node for ever. */
import { NAME_BYTES_MAX } from '@netstore/shared-types';

const NUMBERED = / \((\d{1,4})\)$/;
/** The extension with its dot. A leading dot starts a hidden name, and `.tar.gz` belongs together. */
const STEM_AND_EXTENSION = /^(.+?)((?:\.tar)?\.[^. ]{1,16})$/u;

/** The next name to try: a number is added, or raised when there is one; the stem is cut where the limit demands it. */
export function nextName(name: string, isFile: boolean): string {
  const [, stem = name, extension = ''] = (isFile && STEM_AND_EXTENSION.exec(name)) || [];
  const numbered = NUMBERED.exec(stem);
  const base = numbered === null ? stem : stem.slice(0, numbered.index);
  const suffix = ` (${numbered === null ? 2 : Number(numbered[1]) + 1})${extension}`;
  return cutToBytes(base, NAME_BYTES_MAX - Buffer.byteLength(suffix)) + suffix;
}

function cutToBytes(text: string, bytesMax: number): string {
  const letters = [...text];
  let bytes = Buffer.byteLength(text);
  while (bytes > bytesMax) bytes -= Buffer.byteLength(letters.pop() ?? '');
  return letters.join('');
}
