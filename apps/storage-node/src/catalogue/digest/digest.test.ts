import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { REPLICATED_TABLES } from '../schema.ts';
import { CHOICE_END, CHOICES, operationOf } from '../testing/operations.ts';
import { blobRef, put, RecordChain } from '../testing/record-chain.ts';
import { recoveryRecords } from '../testing/recovery-records.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { DigestHistory } from './digest-history.ts';
import { hashRow, type Row, RowSum } from './row-sum.ts';

const row = fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.uint8Array({ maxLength: 8 })), { maxLength: 4 });

describe('the sum over rows', () => {
  test('is the same in whatever order rows come and go', () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), fc.infiniteStream(fc.nat()), (kept, gone, order) => {
        const sum = new RowSum();
        const steps = [...kept, ...gone].map((each) => ({ each, isIn: true })).concat(gone.map((each) => ({ each, isIn: false })));
        const shuffled = steps.map((step) => ({ step, at: order.next().value as number })).sort((a, b) => a.at - b.at);
        for (const { step } of shuffled) {
          if (step.isIn) sum.add(hashRow('t', step.each));
          else sum.subtract(hashRow('t', step.each));
        }
        const straight = new RowSum();
        for (const each of kept) straight.add(hashRow('t', each));
        expect(sum.bytes).toEqual(straight.bytes);
        expect(RowSum.from(sum.bytes).bytes).toEqual(sum.bytes);
      }),
    );
  });

  test('tells rows apart that would read alike', () => {
    const rows: [string, Row][] = [
      ['a', ['1', '2']],
      ['a', ['12']],
      ['a', ['1"2']],
      ['a', [12]],
      ['a', [1, 2]],
      ['a1', [2]],
      ['a', [Buffer.from('12')]],
      ['a', [null, 12]],
      ['a', [12, null]],
      ['a', ['-']],
      ['a', [null]],
      ['a', []],
      ['b', [12]],
    ];
    expect(new Set(rows.map(([table, each]) => hashRow(table, each))).size).toBe(rows.length);
  });
});

describe('the digest of the catalogue', () => {
  test('counts every row of every replicated table as it stands, whatever was applied', () => {
    using directory = scratchDirectory();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const records = recoveryRecords();
    for (let at = 0; at < records.length; at += 50) {
      catalogue.apply(Buffer.concat(records.slice(at, at + 50).map(({ encoded }) => encoded)), []);
      catalogue.proveRows(true, Number.POSITIVE_INFINITY);
    }
    for (const { name } of REPLICATED_TABLES.filter((table) => table.name !== 'gone_blobs')) {
      expect(database.prepare<[], { rows: number }>(`SELECT count(*) AS rows FROM ${name}`).get()?.rows, name).toBeGreaterThan(0);
    }
    database.close();
  });

  test('is found again with the file, and known for the seqs applied since', () => {
    using directory = scratchDirectory();
    const chain = new RecordChain();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const digests = [1, 2, 3].map((number) => catalogue.apply(chain.operation(put(`f${number}`)).encoded, []).digest);
    expect(new Set(digests).size).toBe(3);
    expect([1, 2, 3, 4].map((seq) => catalogue.digestAt(seq))).toEqual([...digests, null]);
    database.close();
    const again = openDatabase(directory).database;
    const reopened = new OpenedCatalogue(again);
    expect([2, 3].map((seq) => reopened.digestAt(seq))).toEqual([null, digests[2]]);
    reopened.apply(chain.operation(put('f4')).encoded, []);
    expect(reopened.digestAt(4)).toBe(reopened.digest());
    again.close();
  });

  test('is the same at every seq, whatever the groups', () => {
    const number = fc.nat({ max: CHOICE_END - 1 });
    const operations = fc.array(fc.array(number, { minLength: CHOICES, maxLength: CHOICES }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(operations, (made) => {
        const chain = new RecordChain();
        for (const numbers of made) chain.operation(operationOf(numbers));
        const digestsIn = (groupSize: number): (string | null)[] => {
          using directory = scratchDirectory();
          const { database } = openDatabase(directory);
          const catalogue = new OpenedCatalogue(database);
          for (let at = 0; at < chain.records.length; at += groupSize) {
            catalogue.apply(Buffer.concat(chain.records.slice(at, at + groupSize).map(({ encoded }) => encoded)), []);
          }
          const digests = chain.records.map(({ seq }) => catalogue.digestAt(seq));
          database.close();
          return digests;
        };
        expect(digestsIn(7)).toEqual(digestsIn(1));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a proof of the rows', () => {
  /** Nine tables with rows, and the statement that reads each table's first key. */
  function filled(): { catalogue: OpenedCatalogue; chain: RecordChain; close: () => void; run: (sql: string) => void } {
    const directory = scratchDirectory();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const chain = new RecordChain();
    for (let number = 1; number <= 300; number += 1) chain.operation(put(`folder ${number % 7}/f${number}`, { refs: [blobRef(number)] }));
    catalogue.apply(Buffer.concat(chain.records.map(({ encoded }) => encoded)), []);
    const close = (): void => {
      database.close();
      directory[Symbol.dispose]();
    };
    return { catalogue, chain, close, run: (sql) => void database.exec(sql) };
  }

  test('beside changes, in slices of any number, finds sound rows sound', () => {
    const { catalogue, chain, close } = filled();
    let slices = 0;
    for (let progress = catalogue.proveRows(true, 0); !progress.isDone; slices += 1) {
      catalogue.apply(chain.operation(operationOf([slices * 7919, slices * 104_729, slices, 3, 5, 7, 11, 13, 17, 19, 23, 29])).encoded, []);
      catalogue.apply(chain.operation(put(`folder ${slices % 7}/f${slices}`, { refs: [blobRef(1000 + slices)] })).encoded, []);
      progress = catalogue.proveRows(false, 0.05);
    }
    expect(slices).toBeGreaterThan(10);
    close();
  });

  test.each([
    ['entries', 'UPDATE entries SET sizeBytes = sizeBytes + 1 WHERE id = (SELECT max(id) FROM entries)'],
    ['entries', "UPDATE entries SET name = 'another' WHERE id = (SELECT max(id) FROM entries)"],
    ['spaces', 'UPDATE spaces SET bytes = bytes + 1'],
    ['versions', "UPDATE versions SET contentType = 'text/html' WHERE seq = 7"],
    ['contents', 'UPDATE contents SET refs = 2 WHERE contentId = 7'],
    ['manifests', 'DELETE FROM manifests WHERE contentId = 7'],
    ['blobs', 'DELETE FROM blobs WHERE contentId = 7'],
    ['operations', 'UPDATE operations SET expiresAtMs = 1 WHERE seq = 7'],
    ['gone_blobs', 'INSERT INTO gone_blobs VALUES (zeroblob(16), 1)'],
    ['trash', "INSERT INTO trash VALUES (1, zeroblob(16), 1, 'a', 1, zeroblob(16), 0)"],
  ])('finds one wrong row among %s', (_, sql) => {
    const { catalogue, close, run } = filled();
    run(sql);
    expect(() => catalogue.proveRows(true, Number.POSITIVE_INFINITY)).toThrow(expect.objectContaining({ code: 'NS_CATALOGUE_DAMAGED' }));
    close();
  });

  test('begins again after a group that was rolled back', () => {
    const { catalogue, chain, close } = filled();
    catalogue.proveRows(true, 0.05);
    const sound = chain.operation(put('folder 1/f1'));
    expect(() => catalogue.apply(Buffer.concat([sound.encoded, sound.encoded]), [])).toThrow('Record does not follow');
    expect(catalogue.proveRows(false, Number.POSITIVE_INFINITY).isDone).toBe(true);
    close();
  });
});

test('the history of digests forgets the oldest', () => {
  const history = new DigestHistory();
  for (let seq = 0; seq < 20_000; seq += 1) history.put(seq, Buffer.alloc(32, seq % 251).toString('latin1'));
  expect(history.get(100)).toBeUndefined();
  expect(history.get(19_999)).toEqual(new Uint8Array(32).fill(19_999 % 251));
  expect(history.get(4_000)?.[0]).toBe(4_000 % 251);
  expect(history.get(20_000)).toBeUndefined();
});
