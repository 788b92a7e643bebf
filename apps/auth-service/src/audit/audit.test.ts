import { AUDIT_BATCH_BYTES_MAX, AUDIT_TEXT_BYTES_MAX, AuditEntry, type AuditPage, type AuditReport } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';
import { csvCell } from './audit-export.ts';

const GATEWAY = '0f0f0f0f-0000-4000-8000-000000000000';
let people: PeopleBench;
let admin: Person;
let auditor: Person;
let member: Person;
let batch = 0;

beforeAll(async () => {
  people = await PeopleBench.start();
  admin = await people.person('ada', ['admin']);
  auditor = await people.person('otto', ['auditor']);
  member = await people.person('mia');
  await keep([
    report({ path: 'a/b' }),
    report({ path: 'a%b/c', outcome: 'NS_FORBIDDEN' }),
    report({ action: 'user.change', path: null, subject: member.userId, actorId: admin.userId }),
    report({ action: 'session.begin', actorId: null, subject: 'mia', outcome: 'NS_BAD_CREDENTIALS', path: null }),
    report({ action: 'group.list', space: null, path: null, actorId: admin.userId }),
  ]);
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
});

function report(fields: Partial<AuditReport>): AuditReport {
  const what = { action: 'file.read', space: 'home-mia', path: 'a', subject: null, outcome: 'ok' };
  const who = { actorId: member.userId, via: 'session:1', address: '192.0.2.1' };
  return { timeMs: people.bench.clock.now(), requestId: crypto.randomUUID(), ...who, ...what, ...fields };
}

async function keep(entries: readonly AuditReport[], number = ++batch): Promise<void> {
  const { status } = await people.ask('POST /v1/audit/entries', { body: { gateway: GATEWAY, batch: number, entries } });
  expect(status).toBe(204);
}

async function page(query: string): Promise<AuditPage> {
  const { status, body } = await people.ask(`GET /v1/audit${query}`, { as: auditor });
  expect(status).toBe(200);
  return body as unknown as AuditPage;
}
const seqs = async (query: string): Promise<number[]> => (await page(query)).entries.map(({ seq }) => seq);

test('it is for admins and auditors', async () => {
  expect((await people.ask('GET /v1/audit', { as: admin })).status).toBe(200);
  expect((await people.ask('GET /v1/audit', { as: member })).status).toBe(403);
  expect((await people.ask('GET /v1/audit/export?format=json', { as: member })).status).toBe(403);
  expect((await people.ask('GET /v1/audit')).status).toBe(401);
});

test('the latest come first, page by page, with the names of those whose ids they have', async () => {
  const { entries, names, nextCursor } = await page('?limit=4');
  expect(entries.map(({ seq, actorName }) => [seq, actorName])).toEqual([
    [5, 'ada'],
    [4, null],
    [3, 'ada'],
    [2, 'mia'],
  ]);
  expect(names).toEqual({ [member.userId]: 'mia' });
  expect(await seqs(`?limit=4&cursor=${nextCursor}`)).toEqual([1]);
});

test.each([
  ['?actor=mia', [4, 2, 1]],
  ['?action=file', [2, 1]],
  ['?action=user.change', [3]],
  ['?action=group', [5]],
  ['?action=group&without=looks', []],
  ['?path=a', [1]],
  ['?path=a%25b', [2]],
  ['?outcome=refused', [4, 2]],
  ['?outcome=NS_FORBIDDEN', [2]],
  ['?space=home-ada', []],
  ['?from=2031-01-01', []],
])('%s gives %j', async (query, expected) => {
  expect(await seqs(query)).toEqual(expected);
});

test('a batch that is sent again is kept once', async () => {
  const before = await seqs('');
  await keep([report({})], batch);
  expect(await seqs('')).toEqual(before);
});

describe('as a file', () => {
  test('JSON ends with a signature and the number of the last entry', async () => {
    const { body } = await people.send('GET /v1/audit/export?format=json', { as: auditor });
    const lines = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => Object.keys(line)[0])).toEqual(['entry', 'entry', 'entry', 'entry', 'entry', 'checkpoint', 'end']);
    expect(lines.at(-1)).toEqual({ end: 5 });
    expect(lines.at(-2).checkpoint).toMatchObject({ seq: 5, hash: lines[4].entry.hash });
  });

  test('CSV has a column for each field of an entry, and a line for each entry', async () => {
    const { body } = await people.send('GET /v1/audit/export?format=csv', { as: auditor });
    const [header = '', ...lines] = body.trimEnd().split('\r\n');
    expect(header.split(',').sort()).toEqual(['time', ...Object.keys(AuditEntry.properties)].sort());
    expect(lines).toHaveLength(5);
  });

  test.each([
    ['=1+1', `"'=1+1"`],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\\u000d\\u000ab"'],
    ['@x', `"'@x"`],
    [null, ''],
  ])('CSV shows %j as %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

test('the heaviest batch that gateways send is taken', async () => {
  const text = '\u0001'.repeat(Math.floor((AUDIT_TEXT_BYTES_MAX - 2) / 6));
  const heavy = report({ space: text, path: text, subject: text, action: 'file.heavy' });
  const weight = JSON.stringify(heavy).length + 1;
  const count = Math.floor((AUDIT_BATCH_BYTES_MAX - 1024) / weight);
  await keep(Array.from({ length: count }, () => heavy));
  expect(await seqs('?action=file.heavy&limit=200')).toHaveLength(count);
});
