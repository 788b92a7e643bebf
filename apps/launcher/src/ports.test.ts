import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePorts } from './ports.ts';

let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'netstore-ports-')), 'ports.json');
});
afterEach(() => {
  rmSync(join(file, '..'), { recursive: true });
});

const NO_WISH = { http: 8080, auth: undefined, wire: [], health: [] };

test('ports that nobody chose are all different and stay the same', async () => {
  const first = await choosePorts(file, NO_WISH);
  expect(new Set([first.auth, ...first.wire, ...first.health]).size).toBe(7);
  expect(await choosePorts(file, NO_WISH)).toEqual(first);
});

test('a wish goes before what is remembered and does not replace it', async () => {
  const first = await choosePorts(file, NO_WISH);
  const wished = await choosePorts(file, { http: 1, auth: 2, wire: [3, 4, 5], health: [6, 7, 8] });
  expect(wished).toEqual({ http: 1, auth: 2, wire: [3, 4, 5], health: [6, 7, 8] });
  expect(await choosePorts(file, NO_WISH)).toEqual(first);
});

test('the port 0 for HTTP means any, the same every time', async () => {
  const { http } = await choosePorts(file, { ...NO_WISH, http: 0 });
  expect(http).toBeGreaterThan(0);
  expect((await choosePorts(file, { ...NO_WISH, http: 0 })).http).toBe(http);
});
