import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { AUDIT_GENESIS, type AuditCheckpoint, type AuditEntry, chainText, checkpointText } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { verifyAudit } from './verify-audit.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const { x = '' } = publicKey.export({ format: 'jwk' });

function chain(count: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const who = { actorId: 'u', actorName: 'mia', via: null, address: '::1' };
    const what = { action: 'file.read', space: 's', path: 'a\n"b', subject: null, outcome: 'ok', requestId: 'r' };
    const entry = { seq, timeMs: seq, ...who, ...what };
    const previous = entries.at(-1)?.hash ?? AUDIT_GENESIS;
    entries.push({ ...entry, hash: createHash('sha256').update(chainText(previous, entry)).digest('hex') });
  }
  return entries;
}

function checkpoint({ seq, hash }: AuditEntry): AuditCheckpoint {
  const signed = { seq, hash, timeMs: 1, kid: 'k1' };
  return { ...signed, publicKey: x, signature: sign(null, Buffer.from(checkpointText(signed)), privateKey).toString('base64url') };
}

const ENTRIES = chain(5);
const LAST = ENTRIES[4] as AuditEntry;
const HONEST = [...ENTRIES.map((entry) => ({ entry })), { checkpoint: checkpoint(LAST) }, { end: 5 }];

async function faultsOf(lines: readonly object[], trusted?: ReadonlyMap<string, string>): Promise<readonly string[]> {
  async function* texts() {
    for (const line of lines) yield JSON.stringify(line);
  }
  return (await verifyAudit(texts(), trusted)).faults;
}

/** A whole chain over other entries, as somebody makes it who can write everything but has no key. */
const REWRITTEN = [...chain(6).slice(0, 5), ...[]].map((entry, index) => (index === 0 ? { ...entry, address: '::2' } : entry));
for (const [index, entry] of REWRITTEN.entries()) {
  const previous = REWRITTEN[index - 1]?.hash ?? AUDIT_GENESIS;
  REWRITTEN[index] = { ...entry, hash: createHash('sha256').update(chainText(previous, entry)).digest('hex') };
}

test('an honest file is whole', async () => {
  expect(await faultsOf(HONEST)).toEqual([]);
  expect(await faultsOf(HONEST, new Map([['k1', x]]))).toEqual([]);
});

test.each<[string, object[], string]>([
  ['a changed entry', HONEST.with(1, { entry: { ...(ENTRIES[1] as AuditEntry), outcome: 'NS_FORBIDDEN' } }), 'Entry 2 was changed'],
  ['a removed entry', HONEST.toSpliced(2, 1), 'Entries 3 to 3 were removed.'],
  ['an inserted entry', HONEST.toSpliced(2, 0, { entry: ENTRIES[1] as AuditEntry }), 'Entry 2 was inserted after entry 2.'],
  ['a tail that was cut off', HONEST.toSpliced(3, 2), 'Entry 5 was signed and is missing.'],
  ['a tail cut off with its signature', [...HONEST.slice(0, 3), { end: 5 }], 'The tail is missing'],
  ['a file that was cut short', HONEST.slice(0, 6), 'The file was cut short'],
  ['entries without a signature', HONEST.toSpliced(5, 1), 'Entries after 0 are not signed.'],
  [
    'a chain written anew',
    [...REWRITTEN.map((entry) => ({ entry })), ...HONEST.slice(5)],
    'Entries up to 5 are not those that were signed.',
  ],
  ['a forged signature', HONEST.with(5, { checkpoint: { ...checkpoint(LAST), timeMs: 2 } }), 'The signature at entry 5 is wrong.'],
  ['something else', [{ x: 1 }, ...HONEST], 'Line 1 is no line of an audit.'],
])('%s is found', async (_, lines, fault) => {
  expect((await faultsOf(lines)).join('\n')).toContain(fault);
});

test('a key that is not trusted is found', async () => {
  expect((await faultsOf(HONEST, new Map([['k1', 'other']]))).join()).toContain('is by a key that is not trusted');
});
