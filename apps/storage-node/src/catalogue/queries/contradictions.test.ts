import { describe, expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { blobRef, copy, makeFolder, move, purge, put, RecordChain, remove, restore } from '../testing/record-chain.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { contradictionsOf } from './contradictions.ts';

/** Everything that operations do to the tables. */
function makeCatalogue() {
  const directory = scratchDirectory();
  const { database } = openDatabase(directory);
  const opened = new OpenedCatalogue(database);
  const chain = new RecordChain();
  chain.newEpoch(1);
  const operations = [
    put('docs/a', { refs: [blobRef(1), blobRef(2)] }),
    put('docs/a', { refs: [blobRef(3)] }),
    makeFolder('empty'),
    copy('docs', 'copied'),
    move('docs/a', 'moved'),
    put('gone', { refs: [blobRef(4)] }),
    remove('gone'),
    remove('copied'),
    restore(8),
    purge([9]),
    put('many', { refs: Array.from({ length: 2000 }, (_, index) => blobRef(100 + index)) }),
  ];
  for (const operation of operations) chain.operation(operation);
  opened.apply(Buffer.concat(chain.records.map(({ encoded }) => encoded)), [blobRef(1).blobId]);
  const dispose = (): void => {
    database.close();
    directory[Symbol.dispose]();
  };
  return { database, [Symbol.dispose]: dispose };
}

test('a catalogue that was made by applying records does not contradict itself', () => {
  using catalogue = makeCatalogue();
  expect(catalogue.database.prepare('SELECT count(*) AS files FROM entries WHERE isFile = 1').get()).toMatchObject({ files: 3 });
  expect(contradictionsOf(catalogue.database)).toEqual([]);
});

describe('it is found when', () => {
  test.each([
    ['an entry lies nowhere', 'UPDATE entries SET parentId = 999 WHERE isFile = 1', 'entries lie in a folder that is not there'],
    ['a space has no root', 'UPDATE spaces SET rootId = 999', 'spaces have no root'],
    ['a file has no version', 'DELETE FROM versions', 'files have no current version'],
    ['a version belongs to nothing', 'UPDATE versions SET entryId = 998', 'versions belong to no file'],
    ['a content is counted wrongly', 'UPDATE contents SET refs = refs + 1', 'contents are counted wrongly'],
    ['a content is gone', 'DELETE FROM contents', 'versions have no content'],
    ['a manifest is left over', 'DELETE FROM contents', 'manifests belong to no content'],
    ['a blob is counted wrongly', 'UPDATE blobs SET refs = refs + 1', 'references to blobs are counted wrongly'],
    ['debt is for nothing', `DELETE FROM blobs WHERE blobId IN (SELECT blobId FROM missing_blobs)`, 'missing blobs are needed by no file'],
  ])('%s', (_, sql, sentence) => {
    using catalogue = makeCatalogue();
    catalogue.database.exec(sql);
    expect(contradictionsOf(catalogue.database).join('\n')).toContain(sentence);
  });
});
