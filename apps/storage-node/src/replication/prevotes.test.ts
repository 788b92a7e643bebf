import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import { expect, test } from 'vitest';
import type { Peers } from './peers.ts';
import { type PrevoteRequest, requestPrevotes } from './prevotes.ts';

const [SELF, PEER] = ['node-1', 'node-2'] as [NodeId, NodeId];

test('the generation that is shown is the one of the moment when the connection stands: the peer knows of those before', async () => {
  let generation = 3;
  const shown: PrevoteRequest[] = [];
  const connection = {
    request: async (_: string, body: PrevoteRequest) => {
      shown.push(body);
      return { isGranted: true, promisedEpoch: 1, generation: 1 };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  // While it is dialled this node acknowledges records, and the peer hears of that from the primary.
  const dial = async (): Promise<unknown> => {
    generation = 9;
    return connection;
  };
  await requestPrevotes(
    {
      peers: { all: [{ id: PEER, dial }] } as unknown as Peers,
      request: () => ({ epoch: 2, candidate: SELF, generation }),
      ask: (nodeId: NodeId, _: Connection) => ({ nodeId, incarnation: 'd'.repeat(32) as Incarnation, knownGeneration: 0 }),
      onAnswer: () => undefined,
    },
    AbortSignal.timeout(5_000),
  );
  expect(shown.map((request) => request.generation)).toEqual([9]);
});
