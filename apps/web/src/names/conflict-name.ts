/** The name under which a file is kept beside another of the same name: `report (2).pdf`. */

const NAME_BYTES_MAX = 255;
const NUMBERED = / \((\d{1,4})\)$/;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** The stem and the extension with its dot. A leading dot starts a hidden name, and `.tar.gz` belongs together. */
export function splitExtension(name: string): readonly [stem: string, extension: string] {
  const match = /^(.+?)((?:\.tar)?\.[^.\s]{1,16})$/u.exec(name);
  return match?.[1] !== undefined && match[2] !== undefined ? [match[1], match[2]] : [name, ''];
}

/** The next name to try: a number is added, or raised when there is one; the stem is cut where the limit demands it. */
export function nextName(name: string): string {
  const [stem, extension] = splitExtension(name);
  const numbered = NUMBERED.exec(stem);
  const base = numbered === null ? stem : stem.slice(0, numbered.index);
  const suffix = ` (${numbered === null ? 2 : Number(numbered[1]) + 1})`;
  const room = NAME_BYTES_MAX - bytesOf(suffix + extension);
  const letters = [...base];
  while (letters.length > 1 && bytesOf(letters.join('')) > room) letters.pop();
  return letters.join('') + suffix + extension;
}
