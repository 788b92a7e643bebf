import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netstore-ledger-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a call without an answer is unknown, and a get shows what it saw', async () => {
  await using ledger = await Ledger.create(join(folder, 'ledger'));
  const put = await ledger.invoke({ client: 'a', kind: 'put', path: 'p', content: 'c1' });
  const get = await ledger.invoke({ client: 'b', kind: 'get', path: 'p', content: null });
  await ledger.end(get, { outcome: 'ok', content: 'c1', isStale: true });
  await ledger.invoke({ client: 'b', kind: 'delete', path: 'p', content: null });
  const history = await ledger.history();
  expect(history).toMatchObject([
    { id: put, kind: 'put', content: 'c1', outcome: 'unknown', returnedAtMs: undefined },
    { id: get, kind: 'get', content: 'c1', outcome: 'ok', isStale: true },
    { kind: 'delete', outcome: 'unknown' },
  ]);
});

test('a call is in the file when the client may go on, and so is each of many at once', async () => {
  await using ledger = await Ledger.create(join(folder, 'ledger'));
  const calls = Array.from({ length: 50 }, async (_, index) => {
    const id = await ledger.invoke({ client: String(index), kind: 'put', path: `p${index}`, content: `c${index}` });
    expect(await readFile(ledger.path, 'utf8')).toContain(`"path":"p${index}"`);
    await ledger.end(id, { outcome: 'ok' });
  });
  await Promise.all(calls);
  const history = await ledger.history();
  expect(history).toHaveLength(50);
  expect(history.every(({ outcome, content, path }) => outcome === 'ok' && content === path.replace('p', 'c'))).toBe(true);
});

test('a ledger is never written over', async () => {
  await using ledger = await Ledger.create(join(folder, 'ledger'));
  await expect(Ledger.create(ledger.path)).rejects.toThrow('EEXIST');
});
