import { describe, expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { put } from '../testing/record-chain.ts';
import { ScratchCatalogue, scratchDirectory } from '../testing/scratch.ts';

const bytesOf = (hex: string | null): Uint8Array => Buffer.from(hex ?? '', 'hex');
const WRONG = new Uint8Array(32).fill(7);

describe('a checkpoint', () => {
  test('that agrees is remembered, with the one before it', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(put('b'));
    catalogue.applyRecords([catalogue.chain.checkpoint(1, bytesOf(catalogue.opened.digestAt(1)))]);
    expect(catalogue.opened.state.checkpoints).toEqual({ seq: 3, beforeSeq: 0 });
    catalogue.applyRecords([catalogue.chain.checkpoint(3, bytesOf(catalogue.opened.digestAt(3)))]);
    expect(catalogue.opened.state.checkpoints).toEqual({ seq: 4, beforeSeq: 3 });
  });

  test('compares with a record of the same group', () => {
    using catalogue = new ScratchCatalogue();
    using other = new ScratchCatalogue();
    other.accept(put('a'));
    const group = [catalogue.chain.operation(put('a')), catalogue.chain.checkpoint(1, bytesOf(other.opened.digestAt(1)))];
    catalogue.applyRecords(group);
    expect(catalogue.opened.state.checkpoints.seq).toBe(2);
  });

  test('that differs condemns the catalogue, with both digests, and is not applied', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    const own = catalogue.opened.digest();
    expect(() => catalogue.applyRecords([catalogue.chain.checkpoint(1, WRONG)])).toThrow(
      expect.objectContaining({
        code: 'NS_CATALOGUE_DAMAGED',
        details: { seq: 1, checkpointDigest: '07'.repeat(32), ownDigest: own, doubtSeq: 2 },
      }),
    );
    expect(catalogue.opened.state.applied.seq).toBe(1);
  });

  test('that a catalogue made again from the log differs from is disputed, and applied', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.opened.addDoubt(2);
    catalogue.accept(put('a'));
    const { records } = catalogue.opened.apply(catalogue.chain.checkpoint(1, WRONG).encoded, []);
    expect(records).toEqual([
      { seq: 2, committed: null, disputed: { seq: 1, checkpointDigest: '07'.repeat(32), ownDigest: catalogue.opened.digestAt(1) } },
    ]);
    expect(() => catalogue.opened.apply(catalogue.chain.checkpoint(1, WRONG).encoded, [])).toThrow('differs from checkpoint 3');
  });

  test('of what an earlier process applied proves nothing', () => {
    using directory = scratchDirectory();
    using other = new ScratchCatalogue();
    const first = openDatabase(directory).database;
    new OpenedCatalogue(first).apply(Buffer.concat([1, 2].map((number) => other.chain.operation(put(`f${number}`)).encoded)), []);
    first.close();
    const second = openDatabase(directory).database;
    const reopened = new OpenedCatalogue(second);
    expect(reopened.apply(other.chain.checkpoint(1, WRONG).encoded, []).checkpoints.seq).toBe(3);
    expect(() => reopened.apply(other.chain.checkpoint(2, WRONG).encoded, [])).toThrow('differs from checkpoint 4');
    second.close();
  });
});
