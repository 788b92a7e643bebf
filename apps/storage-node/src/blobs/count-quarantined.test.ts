import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { quarantinedCount } from './count-quarantined.ts';

/** More than one tick of the clock that file systems stamp folders with. */
const TICK_MS = 20;

test('what is in quarantine is counted without the reasons beside it, also after a person took some of it away', async () => {
  await using dir = await makeTempDir();
  const count = quarantinedCount(dir.path);
  expect(await count()).toBe(0);
  for (const name of ['blob-a', 'blob-a.reason', 'catalogue.db-b']) {
    await sleep(TICK_MS);
    await writeFile(join(dir.path, name), 'bad');
  }
  expect(await count()).toBe(2);
  expect(await count()).toBe(2);
  await sleep(TICK_MS);
  await rm(join(dir.path, 'catalogue.db-b'));
  expect(await count()).toBe(1);
});

test('a folder that is gone is an error and not an empty one', async () => {
  await using dir = await makeTempDir();
  await expect(quarantinedCount(join(dir.path, 'gone'))()).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
});
