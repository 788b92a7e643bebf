/** For tests: people and the spaces that they are in. */
import type { ClusterRole, GrantRole, Quota, SessionId, SpaceAccess, SpaceRole, UserId } from '@netstore/shared-types';

export interface FakePerson {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly username: string;
  readonly roles: readonly ClusterRole[];
  /** By name of the space. */
  readonly spaces: Map<string, FakeMembership>;
}

export interface FakeMembership {
  readonly id: string;
  readonly role: SpaceRole;
  /** In place of one rule at the root. */
  readonly rules?: readonly { readonly folder: string; readonly role: GrantRole }[];
  readonly quotas?: readonly Quota[];
  readonly owner?: string;
}

export function summaryOf(name: string, { id, role, owner = 'owner' }: FakeMembership): SpaceAccess['space'] {
  return { id, name, kind: 'shared', owner, role };
}

export function accessIn(name: string, membership: FakeMembership, { userId, username }: FakePerson): SpaceAccess {
  const { role, rules = [{ folder: '', role }], quotas = [] } = membership;
  const by = { kind: 'user', name: username } as const;
  const space = summaryOf(name, membership);
  return { space, userId, username, isOwner: false, rules: rules.map((rule) => ({ ...rule, by })), cuts: [], quotas: [...quotas] };
}
