/** What is said about API keys. */
import type { ApiKey, KeyVerb } from '@netstore/shared-types';
import { formatAge, formatUntil } from '../../format/time.ts';

export const VERBS: readonly KeyVerb[] = ['read', 'write', 'delete'];

export const VERB_WORDS: Readonly<Record<KeyVerb, { readonly name: string; readonly text: string }>> = {
  read: { name: 'Read', text: 'List folders and download files.' },
  write: { name: 'Add', text: 'Upload files and new versions. What is there stays.' },
  delete: { name: 'Delete', text: 'Delete, move and replace, and empty the trash.' },
};

/** `read, add in team / 2026`. */
export function scopeWords({ verbs, space, folder }: Pick<ApiKey, 'verbs' | 'space' | 'folder'>): string {
  const may = VERBS.filter((verb) => verbs.includes(verb)).map((verb) => VERB_WORDS[verb].name.toLowerCase());
  const where = space === null ? 'all spaces' : [space, ...folder.split('/')].filter((name) => name !== '').join(' / ');
  return `${may.join(', ')} in ${where}`;
}

export function lifeWords({ expiresAt, isExpired }: Pick<ApiKey, 'expiresAt' | 'isExpired'>, nowMs: number): string {
  if (isExpired) return 'expired';
  return expiresAt === null ? 'never expires' : `expires ${formatUntil(expiresAt, nowMs)}`;
}

export function lastUseWords({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, nowMs: number): string {
  return lastUsedAt === null ? 'never used' : `used ${formatAge(lastUsedAt, nowMs)}`;
}
