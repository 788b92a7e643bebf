/** Bytes that look random and can be made again from a seed: uploads of any size without a file or a buffer of that size. */
import { createCipheriv, createHash } from 'node:crypto';

const PIECE_BYTES = 256 * 1024;

/** AES-CTR over zeros, keyed by the seed. */
export function* seededBytes(seed: string, sizeBytes: number): Generator<Buffer> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  for (let left = sizeBytes; left > 0; left -= PIECE_BYTES) yield cipher.update(left < PIECE_BYTES ? zeros.subarray(0, left) : zeros);
}

/** Hex. */
export function sha256OfSeeded(seed: string, sizeBytes: number): string {
  const hash = createHash('sha256');
  for (const piece of seededBytes(seed, sizeBytes)) hash.update(piece);
  return hash.digest('hex');
}
