/** Names of files that this system takes, for names that users gave. Pure: the system is a parameter. */
import { createHash } from 'node:crypto';

/** What Windows does not take in a name; other systems take all that NetStore allows. */
const FORBIDDEN_ON_WINDOWS = /[<>:"\\|?*%]|[. ]$/gu;
const DEVICE_ON_WINDOWS = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
/** Bytes of a name that are kept when it has to be shortened: room for a mark, and for the half of any encoding. */
const SHORT_NAME_BYTES = 100;

/** The name as the system takes it, most often itself. */
export function diskNameOf(name: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return name;
  return name
    .replace(FORBIDDEN_ON_WINDOWS, escaped)
    .replace(DEVICE_ON_WINDOWS, (device) => `${escaped(device.charAt(0))}${device.slice(1)}`);
}

/** Another name for the same thing: for a name that is too long, or that the system takes for another one that is there. */
export function otherNameOf(name: string, platform: NodeJS.Platform): string {
  return `${shortened(diskNameOf(name, platform))}~${markOf(name)}`;
}

/** A name by which something can be put elsewhere: equal for equal paths only. */
export function markOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Whole characters only. */
function shortened(name: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > SHORT_NAME_BYTES) break;
    end += character.length;
  }
  return name.slice(0, end);
}
