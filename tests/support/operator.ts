/** What an operator asks of a node, as the `netstore` command does. */
import type { NodeId } from '@netstore/shared-types';
import type { Promoted, Replacing, ScrubAction, ScrubState } from '@netstore/wire-protocol';
import { type Connection, connectTo } from '@netstore/wire-transport';
import type { StorageNodes } from './storage-nodes.ts';

interface Deadlines {
  readonly connectMs: number;
  readonly answerMs: number;
}

const DEADLINES: Deadlines = { connectMs: 5_000, answerMs: 30_000 };
const requestId = 'test';

export function operate(nodes: StorageNodes, asked: NodeId, { connectMs, answerMs } = DEADLINES) {
  const ask = async <Answer>(question: (connection: Connection) => Promise<Answer>): Promise<Answer> => {
    await using connection = await connectTo({
      ...nodes.address(asked),
      key: nodes.key,
      self: { role: 'operator', nodeId: null, clusterId: null, incarnation: null },
      expect: { nodeId: asked },
      channel: 'conversation',
      timeoutMs: connectMs,
    });
    return await question(connection);
  };
  const deadline = { timeoutMs: answerMs };
  return {
    promote: (): Promise<Promoted> => ask((connection) => connection.request('PROMOTE', { requestId }, 'PROMOTED', deadline)),
    replaceNode: (nodeId: NodeId): Promise<Replacing> =>
      ask((connection) => connection.request('REPLACE_NODE', { requestId, nodeId }, 'REPLACING', deadline)),
    scrub: (action: ScrubAction): Promise<ScrubState> =>
      ask((connection) => connection.request('SCRUB', { requestId, action }, 'SCRUB_STATE', deadline)),
  };
}
