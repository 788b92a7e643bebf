/**
 * Paths of files and folders inside a space, and the addresses made of them. A path has no leading slash; `''` is the
 * root. Every segment is percent-encoded on its own, so that `%`, `#` and `?` in names survive.
 */

export interface FolderLocation {
  readonly space: string;
  readonly folder: string;
}

const SPACES_PREFIX = '/spaces/';
const TRASH_PREFIX = '/trash/';
const MEMBERS_PREFIX = '/members/';

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isInside(path: string, folder: string): boolean {
  return folder === '' ? path !== '' : path.startsWith(`${folder}/`);
}

/** The folders on the way from the root to `path`, the root left out and `path` included. */
export function ancestorsOf(path: string): readonly string[] {
  if (path === '') return [];
  const segments = path.split('/');
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/** Lone surrogates, which `encodeURIComponent` refuses, are replaced; the server refuses such names with a reason. */
export function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join('/');
}

export function folderAddress(space: string, folder: string): string {
  const root = SPACES_PREFIX + encodeURIComponent(space);
  return folder === '' ? root : `${root}/${encodePath(folder)}`;
}

export function membersAddress(space: string): string {
  return MEMBERS_PREFIX + encodeURIComponent(space);
}

export function trashAddress(space: string): string {
  return TRASH_PREFIX + encodeURIComponent(space);
}

export function isTrashAddress(pathname: string): boolean {
  return pathname.startsWith(TRASH_PREFIX);
}

/** The folder that an encoded `location.pathname` names; `undefined` when it names none. */
export function readFolderAddress(pathname: string): FolderLocation | undefined {
  if (!pathname.startsWith(SPACES_PREFIX)) return undefined;
  try {
    const [space, ...folders] = pathname.slice(SPACES_PREFIX.length).split('/').map(decodeURIComponent);
    if (space === undefined || space === '') return undefined;
    return { space, folder: folders.filter((segment) => segment !== '').join('/') };
  } catch {
    return undefined; // A percent sign that encodes nothing: the address was typed wrong.
  }
}
