import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenedDatabase, openMigrated } from '../sqlite-store.ts';
import { AUDIT_MIGRATIONS, type AuditSchema } from './audit-migrations.ts';
import { type AuditFilter, pageOf } from './audit-page-query.ts';

const directory = mkdtempSync(join(tmpdir(), 'netstore-audit-query-'));
let database: OpenedDatabase<AuditSchema>;
beforeAll(async () => {
  database = await openMigrated<AuditSchema>(join(directory, 'audit.db'), AUDIT_MIGRATIONS);
});
afterAll(async () => {
  await database.queries.destroy();
  database.connection.close();
  rmSync(directory, { recursive: true });
});

async function planOf(filter: AuditFilter): Promise<string> {
  const query = pageOf(database.queries, filter, { before: 1_000_000, limit: 51 }).compile();
  const { rows } = await database.queries.executeQuery<{ detail: string }>({ ...query, sql: `explain query plan ${query.sql}` });
  return rows.map(({ detail }) => detail).join('\n');
}

test.each<[AuditFilter, readonly string[]]>([
  [{ actor: 'ada' }, ['entriesByName', 'entriesById', 'entriesOfNobody']],
  [{ action: 'file.delete' }, ['entriesByAction']],
  [{ action: 'grant' }, ['entriesByKind']],
  [{ without: 'looks' }, ['entriesOfActs']],
  [{ space: 'lab' }, ['entriesBySpace']],
  [{ path: 'plans' }, ['entriesByPath']],
  [{ outcome: 'refused' }, ['entriesRefused']],
  [{ outcome: 'NS_FORBIDDEN' }, ['entriesByCode']],
  [{ from: '2030-01-01', to: '2030-01-02' }, ['entriesByTime']],
])('%j is found by %j, and no table is read from end to end', async (filter, indexes) => {
  const plan = await planOf(filter);
  for (const index of indexes) expect(plan).toMatch(new RegExp(`entries USING (?:COVERING )?INDEX ${index}\\b`));
  expect(plan).not.toMatch(/SCAN entries(?! USING)/);
});

test('without a filter the latest are read as they lie', async () => {
  const plan = await planOf({});
  expect(plan).toContain('SEARCH entries USING INTEGER PRIMARY KEY (rowid<?)');
  expect(plan).not.toContain('TEMP B-TREE FOR ORDER BY');
});
