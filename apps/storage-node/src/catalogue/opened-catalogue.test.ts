import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { OpenedCatalogue } from './opened-catalogue.ts';
import { describeFailure, isFatal } from './sqlite-failure.ts';
import { put, RecordChain } from './testing/record-chain.ts';
import { scratchDirectory } from './testing/scratch.ts';

const errorOf = (attempt: () => unknown): unknown => {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
};

describe('an open catalogue', () => {
  test('on a full disk keeps its state, says so, and goes on when there is room', () => {
    using directory = scratchDirectory();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const chain = new RecordChain();
    for (let number = 0; number < 2000; number += 1) chain.operation(put(`file ${number}`));
    const group = Buffer.concat(chain.records.map((record) => record.encoded));
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages + 10}`);
    const error = errorOf(() => catalogue.apply(group, []));
    expect(isFatal(error)).toBe(false);
    expect(describeFailure(error).code).toBe('NS_DISK_FULL');
    expect(catalogue.state.applied.seq).toBe(0);
    expect(catalogue.digest()).toBe(catalogue.digest());
    database.pragma('max_page_count = 1000000');
    expect(catalogue.apply(group, []).applied.seq).toBe(2000);
    database.close();
  });

  test('moves its write-ahead log into the file when that has grown large', () => {
    using directory = scratchDirectory();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const chain = new RecordChain();
    const walBytes = (): number => statSync(`${directory.path}-wal`).size;
    let before = 0;
    let groups = 0;
    do {
      before = walBytes();
      const records = Array.from({ length: 100 }, () => chain.operation(put(`file ${chain.nextSeq}`)));
      catalogue.apply(Buffer.concat(records.map((record) => record.encoded)), []);
      expect(walBytes()).toBeGreaterThan(before);
      catalogue.tidy();
      groups += 1;
    } while (walBytes() > 0 && groups < 100);
    expect(before).toBeGreaterThan(8 * 1024 * 1024);
    expect(walBytes()).toBe(0);
    database.close();
  });
});
