/** What a file is to the one who looks at it: its icon, and whether and how the page can show it. Pure. */
import type { Entry } from '@netstore/shared-types';
import type { IconName } from './icon.tsx';

export type ViewerKind = 'image' | 'audio' | 'video' | 'pdf' | 'text';

type Typed = Pick<Entry, 'kind' | 'name' | 'contentType'>;

const TEXT_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/ld+json',
  'application/xml',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/sql',
  'application/javascript',
  'application/x-sh',
  'application/x-httpd-php',
  'image/svg+xml',
]);
/** Browsers name no type for many files that are plain text. */
const TEXT_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'c cc conf cpp cs css csv cfg diff env go h hpp htm html ini java js json jsx kt log lua md mjs nfo patch php pl properties ps1 py rb rs scss sh sql ' +
    'srt svg swift tex toml ts tsx tsv txt vtt xml yaml yml'
  ).split(' '),
);
const ARCHIVE = /\.(?:zip|tar|gz|tgz|bz2|xz|zst|7z|rar)$/i;

/** `undefined` where there is nothing to show. SVG and HTML are shown as text: they could carry programs. */
export function viewerKind({ kind, name, contentType }: Typed): ViewerKind | undefined {
  if (kind === 'folder') return undefined;
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (TEXT_TYPES.has(type) || type.startsWith('text/')) return 'text';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  if (type.startsWith('video/')) return 'video';
  if (type === 'application/pdf') return 'pdf';
  return TEXT_EXTENSIONS.has(extension) ? 'text' : undefined;
}

export function entryIcon(entry: Typed): IconName {
  if (entry.kind === 'folder') return 'folder';
  return viewerKind(entry) ?? (ARCHIVE.test(entry.name) ? 'archive' : 'file');
}
