import type { Me } from '@netstore/shared-types';

/** Whether the pages about everybody are there for somebody: accounts, groups, and the audit. The server decides again. */
export function seesPeople({ roles }: Me): boolean {
  return roles.includes('admin') || roles.includes('auditor');
}
