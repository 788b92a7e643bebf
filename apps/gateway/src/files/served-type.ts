/**
 * What a browser may be told that a file is. The client's own word is kept for downloads, where it can do no harm; whatever is
 * shown in place is decided by the bytes themselves: pictures (not SVG, which is a program), audio, video, PDF and plain text.
 */
import { fileTypeFromBuffer } from 'file-type';
import { LRUCache } from 'lru-cache';

/** Bytes that are looked at: what the detection of types wants to see. */
export const SAMPLE_BYTES = 4100;
const REMEMBERED_MAX = 10_000;

const INLINE_TYPES: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/apng',
  'image/avif',
  'image/bmp',
  'image/gif',
  'image/heic',
  'image/jpeg',
  'image/png',
  'image/vnd.microsoft.icon',
  'image/webp',
  'image/x-icon',
]);
const PLAIN_TEXT = 'text/plain; charset=utf-8';
/** What no text has, in the judgement of the WHATWG's MIME sniffing. */
const BINARY_BYTE = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;

/** The type in which a file with these first bytes is shown in place; `null` when it is only offered as a download. */
export async function inlineTypeOf(sample: Uint8Array): Promise<string | null> {
  const detected = await fileTypeFromBuffer(sample);
  if (detected !== undefined) return isShownInline(detected.mime) ? detected.mime : null;
  return isText(sample) ? PLAIN_TEXT : null;
}

/** Remembers by content what was found, so that a film is not looked at again for each of its ranges. */
export class InlineTypes {
  readonly #typeBySha256 = new LRUCache<string, { readonly type: string | null }>({ max: REMEMBERED_MAX });

  async get(sha256: string, readSample: () => Promise<Uint8Array>): Promise<string | null> {
    const known = this.#typeBySha256.get(sha256);
    if (known !== undefined) return known.type;
    const type = await inlineTypeOf(await readSample());
    this.#typeBySha256.set(sha256, { type });
    return type;
  }
}

function isShownInline(type: string): boolean {
  return INLINE_TYPES.has(type) || type.startsWith('audio/') || type.startsWith('video/');
}

/** UTF-8, maybe cut off in the middle of its last character, without bytes that only binary data has. */
function isText(sample: Uint8Array): boolean {
  if (sample.length === 0) return true;
  try {
    return !BINARY_BYTE.test(new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true }));
  } catch {
    return false;
  }
}
