import type { OperationId } from '@netstore/shared-types';
import { decodeCbor, encodeCbor, Outcome } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { blobRef, copy, discard, hashOf, idOf, makeFolder, move, put, remove, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const OPERATION = idOf<OperationId>(99);

describe('an operation id', () => {
  test('that comes again gives the first outcome and changes nothing', () => {
    using catalogue = new ScratchCatalogue();
    const first = catalogue.apply(put('a', { refs: [blobRef(1)] }), { operationId: OPERATION });
    const tree = catalogue.rows('SELECT * FROM entries');
    const again = catalogue.apply(put('a', { refs: [blobRef(1)] }), { operationId: OPERATION });
    expect(again).toEqual({ ...first, isReplay: true });
    expect(catalogue.rows('SELECT * FROM entries')).toEqual(tree);
    expect(catalogue.query('SELECT refs FROM blobs')).toBe(1);
  });

  test('gives the first outcome whatever the second record says', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a'), { operationId: OPERATION });
    const again = catalogue.apply(put('b', { refs: [blobRef(7)] }), { operationId: OPERATION });
    expect(again).toMatchObject({ seq: 1, isReplay: true, discarded: [], outcome: { entry: { path: 'a' } } });
    expect(catalogue.entry('b')).toBeNull();
  });

  test('gives the first rejection again, even when it would be accepted now', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.apply(put('a/b'), { operationId: OPERATION });
    catalogue.accept(remove('a'));
    expect(catalogue.apply(put('a/b'), { operationId: OPERATION })).toMatchObject({ isReplay: true, outcome: { code: 'NS_PATH_IS_FILE' } });
  });

  test('with another fingerprint is refused, names the first record, and lets its own blobs go', () => {
    using catalogue = new ScratchCatalogue();
    const first = catalogue.apply(put('a', { refs: [blobRef(1)] }), { operationId: OPERATION });
    const reuse = put('b', { refs: [blobRef(1), blobRef(2)] });
    expect(catalogue.apply(reuse, { operationId: OPERATION, fingerprint: hashOf('other') })).toEqual({
      operationId: OPERATION,
      fingerprint: first.fingerprint,
      seq: 1,
      epoch: 1,
      isReplay: false,
      discarded: [blobRef(2).blobId],
      outcome: {
        isAccepted: false,
        code: 'NS_OPERATION_ID_REUSED',
        message: 'Operation id was used before, at record 1, for another request',
      },
    });
    expect(catalogue.entry('b')).toBeNull();
    expect(catalogue.apply(put('a'), { operationId: OPERATION })).toMatchObject({ isReplay: true, outcome: first.outcome });
  });

  test('is forgotten when its retention is over, by the time of the records', () => {
    using catalogue = new ScratchCatalogue();
    const at = (timeMs: number) => catalogue.apply(put('a'), { operationId: OPERATION, retentionMs: 5000, timeMs: START_MS + timeMs });
    expect(at(0)).toMatchObject({ seq: 1, isReplay: false });
    expect(at(4999)).toMatchObject({ seq: 1, isReplay: true });
    expect(at(5000)).toMatchObject({ seq: 3, isReplay: false });
    expect(at(9999)).toMatchObject({ seq: 3, isReplay: true });
  });

  test('is pruned a few at a time, and does not count from the moment it expired', () => {
    using catalogue = new ScratchCatalogue();
    for (let number = 1; number <= 40; number += 1) {
      catalogue.apply(makeFolder(`d${number}`), { operationId: idOf(number), retentionMs: 1, timeMs: START_MS });
    }
    const kept = () => catalogue.query('SELECT count(*) FROM operations');
    expect(kept()).toBe(40);
    expect(catalogue.apply(put('a'), { operationId: idOf(40), timeMs: START_MS + 1 })).toMatchObject({ seq: 41, isReplay: false });
    expect(kept()).toBe(24);
    catalogue.apply(put('b'), { timeMs: START_MS + 1 });
    catalogue.apply(put('c'), { timeMs: START_MS + 1 });
    expect(kept()).toBe(3);
  });

  test('with a retention beyond all numbers is kept', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a'), { operationId: OPERATION, retentionMs: Number.MAX_SAFE_INTEGER });
    expect(catalogue.apply(put('a'), { operationId: OPERATION })).toMatchObject({ isReplay: true });
  });
});

describe('an outcome', () => {
  test('of every kind survives being written down', () => {
    using catalogue = new ScratchCatalogue();
    const operations = [
      put('a/b', { refs: [blobRef(1)] }),
      makeFolder('c'),
      move('a/b', 'd'),
      copy('a', 'e'),
      remove('d'),
      discard([blobRef(9).blobId]),
      put('a'),
      move('nothing', 'x'),
    ];
    for (const operation of operations) {
      const { operationId, outcome, discarded: _, ...rest } = catalogue.apply(operation);
      expect(decodeCbor(Outcome, encodeCbor(Outcome, outcome))).toEqual(outcome);
      const kept = structuredClone(catalogue.opened.getOutcome(operationId, START_MS));
      expect(kept).toEqual({ operationId, outcome, ...rest, isReplay: true, discarded: [] });
    }
  });

  test('of an operation that never was is null', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.opened.getOutcome(OPERATION, START_MS)).toBeNull();
  });

  test('is told for as long as a retry would only repeat it, also while it is still kept after that', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a'), { operationId: OPERATION, retentionMs: 5000, timeMs: START_MS });
    expect(catalogue.opened.getOutcome(OPERATION, START_MS + 4999)).toMatchObject({ seq: 1 });
    expect(catalogue.opened.getOutcome(OPERATION, START_MS + 5000)).toBeNull();
  });
});
