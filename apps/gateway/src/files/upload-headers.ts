/** What the header fields of an upload say about its body. */
import { type FilePath, NetStoreError, parseDigestField, type Sha256 } from '@netstore/shared-types';
import { CONTENT_TYPE_BYTES_MAX } from '@netstore/wire-protocol';
import mime from 'mime';

/** `type/subtype` and parameters, RFC 9110 section 8.3, in visible ASCII. */
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+(?:\s*;\s*[\x20-\x7e]*)?$/i;
const UNKNOWN_TYPE = 'application/octet-stream';

/** From the field; without one, from the extension of the name. */
export function contentTypeOf(field: string | undefined, path: FilePath): string {
  if (field === undefined || field === '') return mime.getType(path) ?? UNKNOWN_TYPE;
  if (field.length > CONTENT_TYPE_BYTES_MAX || !MEDIA_TYPE.test(field)) {
    throw new NetStoreError(
      'NS_BAD_REQUEST',
      `Content-Type is malformed: expected type/subtype in at most ${CONTENT_TYPE_BYTES_MAX} characters`,
    );
  }
  return field;
}

/** `undefined` for a chunked body. */
export function announcedBytesOf(field: string | undefined): number | undefined {
  if (field === undefined) return undefined;
  const bytes = Number(field);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new NetStoreError('NS_BAD_REQUEST', 'Content-Length is malformed');
  return bytes;
}

export function announcedDigestsOf(headers: { readonly [name: string]: string | string[] | undefined }): Sha256[] {
  return ['content-digest', 'repr-digest']
    .map((name) => headers[name])
    .filter((field) => typeof field === 'string')
    .map(parseDigestField)
    .filter((digest) => digest !== undefined);
}
