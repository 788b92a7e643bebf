/** Links in words. */
import type { ShareLink } from '@netstore/shared-types';
import { formatCount } from '../../format/size.ts';
import { formatTime } from '../../format/time.ts';

const STATES: Readonly<Record<ShareLink['state'], string>> = {
  live: 'Live',
  expired: 'Expired',
  'used-up': 'Used up',
  ended: 'Ended',
};

export function targetWords({ space, path }: ShareLink): string {
  return path === '' ? space : `${space}/${path}`;
}

export function kindWords({ kind, hasPassword }: ShareLink): string {
  return `${kind === 'view' ? 'View and download' : 'Drop box'}${hasPassword ? ', with a password' : ''}`;
}

export function usageWords({ kind, downloadsUsed, downloadsMax, expiresAt, state }: ShareLink): string {
  const downloads =
    downloadsMax === null ? formatCount(downloadsUsed, 'download') : `${downloadsUsed} of ${formatCount(downloadsMax, 'download')}`;
  const end = expiresAt === null ? 'does not expire' : `until ${formatTime(expiresAt)}`;
  return [STATES[state], ...(kind === 'view' ? [downloads] : []), end].join(' · ');
}
