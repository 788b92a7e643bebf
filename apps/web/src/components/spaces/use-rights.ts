/** What whoever looks at a folder may do there. */
import type { SpaceSummary } from '@netstore/shared-types';
import { useMe } from '../../api/use-me.ts';
import { readOnlyWords } from '../rights/right-words.ts';
import { useAccess } from './use-spaces.ts';

export interface Rights {
  readonly canWrite: boolean;
  /** Why one may not; `undefined` where one may, and while it is not known. */
  readonly reason: string | undefined;
}

/**
 * Managers may do everything everywhere. For others rules by folder decide, so the server is asked about each folder; until it has answered nothing
 * is offered that it may refuse.
 */
export function useRights({ name, role }: SpaceSummary, folder: string): Rights {
  const { data: me } = useMe();
  const isManager = role === 'manager';
  const { data: access } = useAccess({ space: name, path: folder, user: me?.user.username ?? '', isAsked: !isManager && me !== undefined });
  const canWrite = isManager || access?.actions.includes('write') === true;
  return { canWrite, reason: canWrite || access == null ? undefined : readOnlyWords(access) };
}
