/** What may be done about a space itself, in the order of the menu. */
import type { ClusterRole, SpaceDetail } from '@netstore/shared-types';
import { changesMembers } from '../../api/space-rights.ts';
import type { MenuItem } from '../menu.tsx';

export type SpaceAction = 'rename' | 'owner' | 'quota' | 'end' | 'keep' | 'finish';

interface SpaceActionsOptions {
  readonly space: SpaceDetail;
  /** What whoever asks is in the cluster. */
  readonly roles: readonly ClusterRole[];
  readonly onAction: (action: SpaceAction) => void;
}

/** Homes are called after their users. Owners and quotas are the business of admins. */
export function spaceActions({ space, roles, onAction }: SpaceActionsOptions): MenuItem[] {
  const isAdmin = roles.includes('admin');
  const isTheirs = space.kind === 'shared' && changesMembers({ role: space.role, roles });
  return [
    ...(isTheirs ? [{ label: 'Rename…', icon: 'rename', onSelect: () => onAction('rename') } as const] : []),
    ...(isAdmin
      ? [
          { label: 'Change owner…', icon: 'people', onSelect: () => onAction('owner') } as const,
          { label: 'Set quota…', icon: 'quota', onSelect: () => onAction('quota') } as const,
        ]
      : []),
    ...(isTheirs ? endingActions(space, onAction) : []),
  ];
}

function endingActions({ ending }: SpaceDetail, onAction: SpaceActionsOptions['onAction']): MenuItem[] {
  if (ending === null) return [{ label: 'Delete…', icon: 'trash', isDangerous: true, onSelect: () => onAction('end') }];
  return [
    { label: 'Keep it after all…', icon: 'restore', onSelect: () => onAction('keep') },
    { label: 'Delete for good…', icon: 'trash', isDangerous: true, onSelect: () => onAction('finish') },
  ];
}
