/** The hash chain and its signatures: pure but for the cryptography. */
import { createHash, createPublicKey, sign } from 'node:crypto';
import { type AuditCheckpoint, type AuditEntry, chainText, checkpointText } from '@netstore/shared-types';
import type { SigningKey } from '../keys/key-ring.ts';

export function chained(previousHash: string, entry: Omit<AuditEntry, 'hash'>): AuditEntry {
  return { ...entry, hash: createHash('sha256').update(chainText(previousHash, entry)).digest('hex') };
}

/** The public key goes along: the key ring forgets it, and the checkpoint must be checked for as long as there is an audit. */
export function signCheckpoint(
  { seq, hash }: Pick<AuditEntry, 'seq' | 'hash'>,
  { kid, publicKeyPem, privateKeyPem }: SigningKey,
  timeMs: number,
): AuditCheckpoint {
  const signature = sign(null, Buffer.from(checkpointText({ seq, hash, timeMs, kid })), privateKeyPem).toString('base64url');
  const { x = '' } = createPublicKey(publicKeyPem).export({ format: 'jwk' });
  return { seq, hash, timeMs, kid, publicKey: x, signature };
}
