/**
 * The rules for names that users give to files and folders. A path is what the catalogue stores and what the API speaks;
 * it is never a path on a disk.
 */
import { NetStoreError } from './errors.ts';

declare const brand: unique symbol;
/** One or more segments joined by `/`, NFC, no leading or trailing slash. `''` is the root and only legal for folders. */
export type FilePath = string & { readonly [brand]: 'FilePath' };

/** UTF-8 bytes of one segment. */
export const NAME_BYTES_MAX = 255;
/** UTF-8 bytes of a whole path. */
export const FILE_PATH_BYTES_MAX = 4096;
/** Segments in a path. */
export const FILE_PATH_DEPTH_MAX = 64;

/** C0, DEL, C1, the line and paragraph separators, and the characters that reorder or hide text around them. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

function reject(reason: string): never {
  throw new NetStoreError('NS_BAD_PATH', `Path is not allowed: ${reason}`);
}

function checkSegment(segment: string): void {
  if (segment === '') reject('a name is empty (a slash too many)');
  if (segment === '.' || segment === '..') reject('"." and ".." are not names');
  const bytes = Buffer.byteLength(segment);
  if (bytes > NAME_BYTES_MAX) reject(`a name has ${bytes} bytes, at most ${NAME_BYTES_MAX} are allowed`);
}

/** The path of a file or folder below the root. Normalises to NFC; throws `NS_BAD_PATH` with the rule that is broken. */
export function parseFilePath(text: string): FilePath {
  if (!text.isWellFormed()) reject('it is not valid Unicode');
  return checkFilePath(text.normalize('NFC'));
}

/**
 * The rules for a path that was normalised where it came in; throws `NS_BAD_PATH`. Normalises nothing, since that depends on
 * the version of Unicode a program was built with, and all nodes must come to the same verdict about one record.
 */
export function checkFilePath(path: string): FilePath {
  if (!path.isWellFormed()) reject('it is not valid Unicode');
  if (FORBIDDEN.test(path)) reject('it has a control character');
  const bytes = Buffer.byteLength(path);
  if (bytes > FILE_PATH_BYTES_MAX) reject(`it has ${bytes} bytes, at most ${FILE_PATH_BYTES_MAX} are allowed`);
  const segments = path.split('/');
  if (segments.length > FILE_PATH_DEPTH_MAX) reject(`it is ${segments.length} levels deep, at most ${FILE_PATH_DEPTH_MAX} are allowed`);
  segments.forEach(checkSegment);
  return path as FilePath;
}

/** Like `parseFilePath`, and `''` is the root. */
export function parseFolderPath(text: string): FilePath {
  return text === '' ? ('' as FilePath) : parseFilePath(text);
}

/** `''` has no segments. */
export function splitPath(path: FilePath): readonly string[] {
  return path === '' ? [] : path.split('/');
}
