/** The path of a file that a URL names, looked for once in each request: routes ask for it, and the audit does afterwards. */
import type { FilePath } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import { pathFromUrl } from './url-path.ts';

/** `/api/v1/spaces/{space}/files/…` */
const SEGMENTS_BEFORE_PATH = 5;

/** Throws `NS_BAD_PATH`. */
export function filePathOf(request: FastifyRequest): FilePath {
  request.filePath ??= pathFromUrl(request.raw.url ?? '', SEGMENTS_BEFORE_PATH);
  return request.filePath;
}
