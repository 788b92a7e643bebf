/** Asks every node at once how it is. Who does not answer in time is reported as silent. */
import type { NodeReport } from '@netstore/wire-protocol';
import type { NodeLink } from './node-link.ts';
import type { StorageNodes } from './storage-nodes.ts';

const STATUS_WITHIN_MS = 1_000;

export async function askStatus(nodes: StorageNodes, requestId: string): Promise<readonly NodeReport[]> {
  const reports = await Promise.all(nodes.links.map((link) => reportOf(link, requestId)));
  for (const { status } of reports) {
    if (status?.role === 'primary') nodes.primary.prove({ epoch: status.epoch, nodeId: status.nodeId });
  }
  return reports;
}

async function reportOf(link: NodeLink, requestId: string): Promise<NodeReport> {
  const signal = AbortSignal.timeout(STATUS_WITHIN_MS);
  try {
    const options = { timeoutMs: STATUS_WITHIN_MS, signal };
    const status = await link.converse((connection) => connection.request('GET_STATUS', { requestId }, 'STATUS', options), signal);
    return { nodeId: link.id, status };
  } catch {
    return { nodeId: link.id, status: null };
  }
}
