/** Whether a file could be uploaded now: auth answers and agrees about the time, a primary is active, and two members can commit. */
import type { Readiness } from '@netstore/service-kit';
import type { AuthClient } from '../auth/auth-client.ts';
import { askStatus } from './ask-status.ts';
import { commitReadiness } from './cluster-view.ts';
import type { StorageNodes } from './storage-nodes.ts';

export async function checkReadiness(auth: AuthClient, nodes: StorageNodes): Promise<Readiness> {
  const [againstAuth, reports] = await Promise.all([auth.reasonAgainst(), askStatus(nodes, 'readyz')]);
  const { canCommit, reason } = commitReadiness(reports);
  const reasons = [...(againstAuth === null ? [] : [againstAuth]), ...(canCommit ? [] : [reason])];
  return { ready: reasons.length === 0, reasons };
}
