/**
 * The path in a URL, decoded exactly once and by itself, because a router may normalise. An encoded slash is refused: a name
 * cannot have one, and proxies disagree about what it means. So are characters that a URL cannot have unencoded.
 */
import { type FilePath, NetStoreError, parseFilePath } from '@netstore/shared-types';

const URL_CHARACTERS = /^[\x21\x24-\x7e]*$/;

/** `rawUrl` is the request target as it came; the path begins after `segmentsBefore` segments. Throws `NS_BAD_PATH`. */
export function pathFromUrl(rawUrl: string, segmentsBefore: number): FilePath {
  const [rawPath = ''] = rawUrl.split('?', 1);
  if (!URL_CHARACTERS.test(rawPath))
    throw new NetStoreError('NS_BAD_PATH', 'Path is not allowed: the URL has characters that must be percent-encoded');
  const segments = rawPath.split('/').slice(segmentsBefore + 1);
  return parseFilePath(segments.map(decodeSegment).join('/'));
}

function decodeSegment(segment: string): string {
  const name = decodeOnce(segment);
  if (name.includes('/')) throw new NetStoreError('NS_BAD_PATH', 'Path is not allowed: a name has an encoded slash');
  return name;
}

function decodeOnce(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new NetStoreError('NS_BAD_PATH', 'Path is not allowed: its percent-encoding is not UTF-8', { cause });
  }
}

/** The other way round: for `Location` and links. */
export function encodePath(path: FilePath): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
