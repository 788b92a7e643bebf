import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newBlobId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { NO_CURSOR, readScrubCursor, type ScrubCursor, writeScrubCursor } from './scrub-cursor.ts';

const round = { startedAtMs: 1, isAskedFor: true, blobsTotal: 5, bytesTotal: 50, blobsDone: 2, bytesDone: 20, after: newBlobId() };
const cursor: ScrubCursor = { round, finished: { round: { ...round, after: null }, atMs: 9 } };

test('a cursor is found again as it was written, and there is none on a new disk', async () => {
  await using dir = await makeTempDir();
  expect(await readScrubCursor(dir.path)).toEqual(NO_CURSOR);
  await writeScrubCursor(dir.path, cursor);
  expect(await readScrubCursor(dir.path)).toEqual(cursor);
  await writeScrubCursor(dir.path, NO_CURSOR);
  expect(await readScrubCursor(dir.path)).toEqual(NO_CURSOR);
});

test('one wrong bit anywhere counts as no cursor: everything is read again', async () => {
  await using dir = await makeTempDir();
  await writeScrubCursor(dir.path, cursor);
  const good = await readFile(join(dir.path, 'SCRUB'));
  for (let at = 0; at < good.length; at += 1) {
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(at) ^ 1, at);
    await writeFile(join(dir.path, 'SCRUB'), bad);
    expect(await readScrubCursor(dir.path)).toEqual(NO_CURSOR);
  }
  for (const length of [0, 10, good.length - 1]) {
    await writeFile(join(dir.path, 'SCRUB'), good.subarray(0, length));
    expect(await readScrubCursor(dir.path)).toEqual(NO_CURSOR);
  }
});
