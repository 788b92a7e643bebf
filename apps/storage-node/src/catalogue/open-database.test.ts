import { closeSync, copyFileSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { OpenedCatalogue } from './opened-catalogue.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { put, RecordChain } from './testing/record-chain.ts';
import { type ScratchDirectory, scratchDirectory } from './testing/scratch.ts';

/** A closed file with a few hundred entries. */
function writeCatalogue(directory: ScratchDirectory): RecordChain {
  const chain = new RecordChain();
  for (let number = 0; number < 300; number += 1) chain.operation(put(`folder/file ${number}`));
  const { database } = openDatabase(directory);
  const catalogue = new OpenedCatalogue(database);
  catalogue.apply(Buffer.concat(chain.records.map((record) => record.encoded)), []);
  catalogue.close();
  return chain;
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

describe('opening the file of a catalogue', () => {
  test('makes it when it is not there, with the settings that keep it whole', () => {
    using directory = scratchDirectory();
    const { database, movedTo } = openDatabase(directory);
    expect(movedTo).toBeUndefined();
    const settings = ['journal_mode', 'synchronous', 'wal_autocheckpoint', 'trusted_schema'];
    expect(settings.map((name) => database.pragma(name, { simple: true }))).toEqual(['wal', 1, 0, 0]);
    database.close();
  });

  test('finds again what was applied', () => {
    using directory = scratchDirectory();
    writeCatalogue(directory);
    const { database, movedTo } = openDatabase(directory);
    expect(movedTo).toBeUndefined();
    expect(new OpenedCatalogue(database).state.applied.seq).toBe(300);
    database.close();
  });

  test.each<[string, (path: string) => void]>([
    ['is no database', (path) => writeFileSync(path, 'not a database at all, whatever its name says. '.repeat(200))],
    ['has a broken header', (path) => overwrite(path, 16, Buffer.alloc(40, 0xff))],
    ['has a broken page', (path) => overwrite(path, 4096 * 20, Buffer.alloc(4096, 0xa5))],
    ['was cut', (path) => truncateSync(path, 4096 * 20)],
  ])('that %s moves it aside and begins anew; the log gives everything back', (_, damage) => {
    using directory = scratchDirectory();
    const chain = writeCatalogue(directory);
    using other = scratchDirectory();
    writeCatalogue(other);
    damage(directory.path);
    const damaged = readFileSync(directory.path);
    const { database, movedTo } = openDatabase(directory);
    expect(readFileSync(movedTo ?? '')).toEqual(damaged);
    const rebuilt = new OpenedCatalogue(database);
    expect(rebuilt.state.applied).toEqual({ seq: 0, hash: new Uint8Array(32) });
    for (const record of chain.records) rebuilt.apply(record.encoded, []);
    const sound = openDatabase(other).database;
    expect(rebuilt.digest()).toBe(new OpenedCatalogue(sound).digest());
    sound.close();
    database.close();
  });

  test('that is damaged plays nothing of its write-ahead log into the new one', () => {
    using directory = scratchDirectory();
    using crashed = scratchDirectory();
    const { database } = openDatabase(directory);
    const catalogue = new OpenedCatalogue(database);
    const chain = new RecordChain();
    catalogue.apply(chain.operation(put('a')).encoded, []);
    catalogue.checkpoint();
    catalogue.apply(chain.operation(put('b')).encoded, []);
    for (const suffix of ['', '-wal']) copyFileSync(directory.path + suffix, crashed.path + suffix);
    database.close();
    writeFileSync(crashed.path, Buffer.alloc(statSync(crashed.path).size, 0xa5));
    const begun = openDatabase(crashed);
    expect(begun.movedTo).toBeDefined();
    expect(new OpenedCatalogue(begun.database).state.applied.seq).toBe(0);
    begun.database.close();
  });

  test('of a newer program leaves it alone and names the way out', () => {
    using directory = scratchDirectory();
    writeCatalogue(directory);
    const { database } = openDatabase(directory);
    database.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    const refused = expect.objectContaining({ code: 'NS_DATA_DIRECTORY', message: expect.stringContaining('start the newer version') });
    expect(() => openDatabase(directory)).toThrow(refused);
    expect(existsSync(directory.quarantineDir)).toBe(false);
  });

  test('of an older program moves it aside: the log gives everything back in the new form', () => {
    using directory = scratchDirectory();
    const chain = writeCatalogue(directory);
    const before = openDatabase(directory).database;
    const digest = new OpenedCatalogue(before).digest();
    before.pragma(`user_version = ${SCHEMA_VERSION - 1}`);
    before.close();
    const { database, movedTo } = openDatabase(directory);
    expect(existsSync(movedTo ?? '')).toBe(true);
    const rebuilt = new OpenedCatalogue(database);
    rebuilt.apply(Buffer.concat(chain.records.map((record) => record.encoded)), []);
    expect(rebuilt.digest()).toBe(digest);
    database.close();
  });

  test('where no file can be made says so and moves nothing', () => {
    using directory = scratchDirectory();
    const path = `${directory.path}/absent/catalogue.db`;
    expect(() => openDatabase({ ...directory, path })).toThrow(expect.objectContaining({ code: 'NS_DATA_DIRECTORY' }));
    expect(existsSync(directory.quarantineDir)).toBe(false);
  });
});
