import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_TABLE } from '@netstore/shared-types';
import { expect, test } from 'vitest';

const document = readFileSync(fileURLToPath(new URL('../../docs/api.md', import.meta.url)), 'utf8');

/** Rows like "| `NS_BUSY` | 503 | yes | A declared limit is reached: try again later. |". */
const ROW = /^\| `(NS_[A-Z_]+)` \| (\d{3}) \| (yes|no) \| (.+) \|$/gm;

test('the documented error codes are the existing ones, with status, retry and meaning', () => {
  const documented = Array.from(document.matchAll(ROW), ([, code, status, retry, meaning]) => ({ code, status, retry, meaning }));
  const existing = Object.entries(ERROR_TABLE).map(([code, { status, isRetryable, meaning }]) => ({
    code,
    status: String(status),
    retry: isRetryable ? 'yes' : 'no',
    meaning,
  }));
  expect(documented).toEqual(existing);
});
