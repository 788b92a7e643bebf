import type { ClusterRole } from '@netstore/shared-types';

export const ROLE_WORDS: Readonly<Record<ClusterRole, { readonly name: string; readonly text: string }>> = {
  member: { name: 'Member', text: 'Has files of their own and what others share with them.' },
  auditor: { name: 'Auditor', text: 'Sees who is here, and changes nothing.' },
  admin: { name: 'Admin', text: 'Invites, changes and deletes people. Opens nobody’s files by that.' },
};

export const ROLES: readonly ClusterRole[] = ['member', 'auditor', 'admin'];
