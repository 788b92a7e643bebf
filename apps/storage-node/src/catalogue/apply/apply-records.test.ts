import { describe, expect, test } from 'vitest';
import { sealRecord } from '../../log/record.ts';
import { blobRef, CLUSTER, put, RecordChain } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

describe('a group of records', () => {
  test('must follow on the applied record in seq', () => {
    using catalogue = new ScratchCatalogue();
    const records = [1, 2, 3].map((number) => catalogue.chain.operation(put(`f${number}`)));
    expect(() => catalogue.applyRecords(records.slice(1))).toThrow('Record does not follow: expected seq 1, got 2');
    catalogue.applyRecords(records.slice(0, 2));
    expect(() => catalogue.applyRecords(records.slice(1))).toThrow('expected seq 3, got 2');
    catalogue.applyRecords(records.slice(2));
    expect(catalogue.tree()).toEqual(['f1', 'f2', 'f3']);
  });

  test('must follow on the applied record in hash', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    const other = new RecordChain();
    other.operation(put('b'));
    const record = other.operation(put('c'));
    expect(() => catalogue.applyRecords([record])).toThrow('its previous hash is another');
    expect(catalogue.opened.state.applied.seq).toBe(1);
  });

  test('that fails in the middle leaves everything as it was, and the next one goes on from there', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('before'));
    const state = structuredClone(catalogue.opened.state);
    const digest = catalogue.opened.digest();
    const sound = catalogue.chain.operation(put('folder/a', { refs: [blobRef(1)] }));
    const { hash: previous, timeMs } = sound;
    const malformed = sealRecord({ seq: 3, epoch: 1, timeMs, previous, type: 'operation', payload: new Uint8Array([1]) });
    expect(() => catalogue.applyRecords([sound, malformed])).toThrow(expect.objectContaining({ code: 'NS_FRAME_MALFORMED' }));
    expect(structuredClone(catalogue.opened.state)).toEqual(state);
    expect(catalogue.opened.digest()).toBe(digest);
    catalogue.applyRecords([sound]);
    expect(catalogue.tree()).toEqual(['folder/', 'folder/a', 'before']);
  });

  test('of none changes nothing', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.applyRecords([])).toEqual([]);
    expect(catalogue.opened.state.applied.seq).toBe(0);
  });

  test('takes the state of the cluster from its last new-epoch record', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.opened.state.cluster).toEqual({ epoch: 0, primary: null, clusterId: null, members: [] });
    catalogue.applyRecords([catalogue.chain.newEpoch(1), catalogue.chain.operation(put('a')), catalogue.chain.newEpoch(2, 'node-2')]);
    const members = [{ nodeId: 'node-1', incarnation: '1'.padStart(32, '0') }];
    expect(catalogue.opened.state.cluster).toEqual({ epoch: 2, primary: 'node-2', clusterId: CLUSTER, members });
    expect(catalogue.opened.state.applied.seq).toBe(3);
  });
});
