/** What an operator asks of a node, as the `netstore` command does. */
import type { NodeId } from '@netstore/shared-types';
import type { Promoted, Replacing, ScrubAction, ScrubState } from '@netstore/wire-protocol';
import { type Connection, connectTo } from '@netstore/wire-transport';
import type { StorageNodes } from './storage-nodes.ts';

const CONNECT_MS = 5_000;
const ANSWER_MS = 30_000;
const requestId = 'test';

export function operate(nodes: StorageNodes, asked: NodeId) {
  const ask = async <Answer>(question: (connection: Connection) => Promise<Answer>): Promise<Answer> => {
    await using connection = await connectTo({
      ...nodes.address(asked),
      key: nodes.key,
      self: { role: 'operator', nodeId: null, clusterId: null, incarnation: null },
      expect: { nodeId: asked },
      channel: 'conversation',
      timeoutMs: CONNECT_MS,
    });
    return await question(connection);
  };
  const deadline = { timeoutMs: ANSWER_MS };
  return {
    promote: (): Promise<Promoted> => ask((connection) => connection.request('PROMOTE', { requestId }, 'PROMOTED', deadline)),
    replaceNode: (nodeId: NodeId): Promise<Replacing> =>
      ask((connection) => connection.request('REPLACE_NODE', { requestId, nodeId }, 'REPLACING', deadline)),
    scrub: (action: ScrubAction): Promise<ScrubState> =>
      ask((connection) => connection.request('SCRUB', { requestId, action }, 'SCRUB_STATE', deadline)),
  };
}
