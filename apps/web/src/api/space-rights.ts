import type { ClusterRole, SpaceRole } from '@netstore/shared-types';

interface Asker {
  /** What they have in the space. */
  readonly role: SpaceRole | null;
  /** What they are in the cluster. */
  readonly roles: readonly ClusterRole[];
}

/** Whether members and rules of a space are there to be seen. The server decides again. */
export function seesMembers({ role, roles }: Asker): boolean {
  return changesMembers({ role, roles }) || roles.includes('auditor');
}

export function changesMembers({ role, roles }: Asker): boolean {
  return role === 'manager' || roles.includes('admin');
}
