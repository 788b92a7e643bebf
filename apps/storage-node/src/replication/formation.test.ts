import type { ClusterId, NodeId } from '@netstore/shared-types';
import type { Identity } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { judgeFormation } from './formation.ts';

const nodes = ['node-1', 'node-2', 'node-3'] as NodeId[];
const clusterId = 'c'.repeat(32) as ClusterId;
const blank: Identity = { isBlank: true, clusterId: null, incarnation: null, nodes, lastSeq: 0 };

const judge = (second: Partial<Identity>, third: Partial<Identity> = {}) =>
  judgeFormation(
    nodes,
    new Map([
      [nodes[1] as NodeId, { ...blank, ...second }],
      [nodes[2] as NodeId, { ...blank, ...third }],
    ]),
  );

describe('a cluster', () => {
  test('forms when all are blank, under a new id each time', () => {
    const [one, other] = [judge({}), judge({})];
    expect(one.kind).toBe('form');
    expect(one).not.toEqual(other);
  });

  test('goes on forming under the id that an attempt before has left on a node without a log', () => {
    expect(judge({ isBlank: false, clusterId })).toEqual({ kind: 'form', clusterId });
  });

  test('never forms beside a node that has data', () => {
    expect(judge({ isBlank: false, clusterId, lastSeq: 1 })).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('node-2 has data'),
    });
  });

  test('never forms from nodes of different clusters', () => {
    expect(judge({ clusterId }, { clusterId: 'd'.repeat(32) as ClusterId })).toMatchObject({ kind: 'wait' });
  });

  test('never forms while the nodes are configured differently', () => {
    expect(judge({ nodes: [...nodes].reverse() })).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('node-2 is configured with'),
    });
  });
});
