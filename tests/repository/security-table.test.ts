import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = { A: 'apps/auth-service/src', G: 'apps/gateway/src', S: 'tests/services' } as const;

/** In rows like "| rule | A `keys/access-token`, S `auth-service/access` |". */
const NAMED = /\b([AGS]) `([a-z0-9/-]+)`/g;

test('every test that the document on security names is there', () => {
  const table = readFileSync(`${ROOT}docs/security.md`, 'utf8').split('## Which test proves which rule')[1]?.split('\n## ')[0] ?? '';
  const named = Array.from(table.matchAll(NAMED), ([, room, path]) => `${ROOMS[room as keyof typeof ROOMS]}/${path}.test.ts`);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(ROOT + path))).toEqual([]);
});
