import { type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import type { MessageName } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import { expect, test } from 'vitest';
import { type Operations, operateHandlers } from './handle-operate.ts';

const self = 'node-2' as NodeId;
const other = 'node-3' as NodeId;
const incarnation = '1'.repeat(32) as Incarnation;
const signal = new AbortController().signal;

/** The node's side of an operator's connection; `leave` is the operator going away. */
function asked(operations: Partial<Operations>) {
  const refuse = (): Promise<never> => Promise.reject(new Error('not asked for'));
  const answers: [MessageName, object][] = [];
  const { promise: closed, resolve: leave } = Promise.withResolvers<void>();
  const connection = { closed, send: async (name: MessageName, body: object) => void answers.push([name, body]) } as unknown as Connection;
  const handlers = operateHandlers({ self, operations: { promote: refuse, replaceNode: refuse, ...operations } });
  return {
    answers,
    leave,
    promote: () => handlers.PROMOTE({ requestId: 'x' }, connection, signal),
    replace: () => handlers.REPLACE_NODE({ requestId: 'x', nodeId: other }, connection, signal),
  };
}

test('a promotion is answered with the epoch that the node serves in', async () => {
  const { promote, answers } = asked({ promote: async () => ({ epoch: 8 }) });
  await promote();
  expect(answers).toEqual([['PROMOTED', { epoch: 8, primary: self }]]);
});

test('a replacement is answered with the disk that is taken in', async () => {
  const { replace, answers } = asked({ replaceNode: async (nodeId) => ({ nodeId, incarnation, isAlreadyMember: false }) });
  await replace();
  expect(answers).toEqual([['REPLACING', { nodeId: other, incarnation, isAlreadyMember: false }]]);
});

test('a refusal goes to the operator as it is', async () => {
  const refusal = new NetStoreError('NS_NO_QUORUM', 'Only one member answers');
  const { promote, answers } = asked({ promote: () => Promise.reject(refusal) });
  await expect(promote()).rejects.toBe(refusal);
  expect(answers).toEqual([]);
});

test('waiting ends when the operator goes away', async () => {
  const { promote, leave } = asked({
    promote: (waiting) =>
      new Promise((_, reject) => {
        waiting.addEventListener('abort', () => reject(waiting.reason));
      }),
  });
  const promoting = promote();
  leave();
  await expect(promoting).rejects.toThrow('The operator has gone');
});
