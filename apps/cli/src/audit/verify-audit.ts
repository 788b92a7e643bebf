/** Proves an exported audit: every entry is chained to the one before it, and signatures say where the chain stood. Pure but for the cryptography. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { AUDIT_GENESIS, AuditCheckpoint, AuditEntry, chainText, checkpointText } from '@netstore/shared-types';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const Line = Type.Union([
  Type.Object({ entry: AuditEntry }, { additionalProperties: false }),
  Type.Object({ checkpoint: AuditCheckpoint }, { additionalProperties: false }),
  Type.Object({ end: Type.Integer() }, { additionalProperties: false }),
]);

const FAULTS_MAX = 20;

export interface Verdict {
  readonly entries: number;
  /** The last entry that a signature proves. */
  readonly signedUpTo: number;
  /** In words, the first of them. None: the file is whole. */
  readonly faults: readonly string[];
}

/**
 * `trusted`: keys in base64url by id, from a JWKS that was kept elsewhere. Without them the keys in the file are believed, and somebody who writes
 * the whole file anew, with keys of his own, is not found.
 */
export async function verifyAudit(lines: AsyncIterable<string>, trusted?: ReadonlyMap<string, string>): Promise<Verdict> {
  const hashes = new Map<number, string>();
  const checkpoints: AuditCheckpoint[] = [];
  const faults: string[] = [];
  let last: Pick<AuditEntry, 'seq' | 'hash'> = { seq: 0, hash: AUDIT_GENESIS };
  let entries = 0;
  let end: number | null = null;
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = parseLine(text);
    if (line === undefined) faults.push(`Line ${number} is no line of an audit.`);
    else if ('checkpoint' in line) checkpoints.push(line.checkpoint);
    else if ('end' in line) end = line.end;
    else {
      faults.push(...faultsOf(line.entry, last));
      last = line.entry;
      entries += 1;
      hashes.set(last.seq, last.hash);
    }
    if (faults.length >= FAULTS_MAX) break;
  }
  if (faults.length < FAULTS_MAX) {
    if (end === null) faults.push('The file was cut short: its last line is missing.');
    else if (end !== last.seq) faults.push(`The tail is missing: entries should go up to ${end}, the last is ${last.seq}.`);
    for (const checkpoint of checkpoints) faults.push(...faultsOfCheckpoint(checkpoint, hashes, trusted));
    if ((checkpoints.at(-1)?.seq ?? 0) < last.seq) faults.push(`Entries after ${checkpoints.at(-1)?.seq ?? 0} are not signed.`);
  }
  return { entries, signedUpTo: checkpoints.at(-1)?.seq ?? 0, faults };
}

function parseLine(text: string): Type.Static<typeof Line> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return Value.Check(Line, line) ? line : undefined;
  } catch {
    return undefined;
  }
}

/** After a gap or an insertion the chain is followed from there, so that one change is told once. */
function faultsOf(entry: AuditEntry, last: Pick<AuditEntry, 'seq' | 'hash'>): string[] {
  if (entry.seq > last.seq + 1) return [`Entries ${last.seq + 1} to ${entry.seq - 1} were removed.`];
  if (entry.seq <= last.seq) return [`Entry ${entry.seq} was inserted after entry ${last.seq}.`];
  const hash = createHash('sha256').update(chainText(last.hash, entry)).digest('hex');
  return hash === entry.hash ? [] : [`Entry ${entry.seq} was changed, or what came before it.`];
}

function faultsOfCheckpoint(
  checkpoint: AuditCheckpoint,
  hashes: ReadonlyMap<number, string>,
  trusted: ReadonlyMap<string, string> | undefined,
): string[] {
  const { seq, hash, kid, publicKey, signature } = checkpoint;
  if (trusted !== undefined && trusted.get(kid) !== publicKey)
    return [`The signature at entry ${seq} is by a key that is not trusted: ${kid}.`];
  if (!isSigned(checkpointText(checkpoint), signature, publicKey)) return [`The signature at entry ${seq} is wrong.`];
  if (hashes.get(seq) === hash) return [];
  return [hashes.has(seq) ? `Entries up to ${seq} are not those that were signed.` : `Entry ${seq} was signed and is missing.`];
}

function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}
