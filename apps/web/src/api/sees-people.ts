import type { Me } from '@netstore/shared-types';

/** Whether the page about everybody's accounts is there for somebody. The server decides again. */
export function seesPeople({ roles }: Me): boolean {
  return roles.includes('admin') || roles.includes('auditor');
}
