/** The header fields that go with the bytes of a file, and keep a browser from running them. */

import { formatDigestField } from '@netstore/shared-types';
import { create as contentDisposition } from 'content-disposition';
import { sha256Hex } from './entry-view.ts';
import type { OpenedFile } from './open-file.ts';
import { etagOf } from './preconditions.ts';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export interface Presentation {
  readonly disposition: 'inline' | 'attachment';
  readonly contentType: string;
}

/** A viewer of PDFs is a plug-in to browsers, and none of them shows a PDF that is sandboxed; its own scripts cannot reach the page. */
const PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'self'";

export function contentHeaders(file: OpenedFile, { disposition, contentType }: Presentation): Record<string, string> {
  const { entry, file: version } = file;
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    etag: etagOf(version.version),
    'last-modified': new Date(version.createdAtMs).toUTCString(),
    'repr-digest': formatDigestField(sha256Hex(version.sha256)),
    [VERSION_HEADER]: formatVersionToken(file.appliedSeq),
    // Nothing may be shown from a cache after the right to see it is gone.
    'cache-control': 'private, no-cache',
    'content-type': contentType,
    'content-disposition': contentDisposition(name, { type: disposition }),
    'x-content-type-options': 'nosniff',
    'content-security-policy': disposition === 'inline' && contentType === 'application/pdf' ? PDF_POLICY : POLICY,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  };
  if (file.isStale) headers['x-netstore-stale'] = 'possibly';
  return headers;
}
