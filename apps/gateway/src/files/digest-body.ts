/** Reads a body to its end for its length and digest alone. */
import { createHash } from 'node:crypto';
import type { Sha256 } from '@netstore/shared-types';
import type { BodyReader } from '../uploads/body-reader.ts';

export async function digestBody(body: BodyReader, signal: AbortSignal): Promise<{ readonly sizeBytes: number; readonly sha256: Sha256 }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (let bytes = await body.read(signal); bytes !== null; bytes = await body.read(signal)) {
    hash.update(bytes);
    sizeBytes += bytes.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') as Sha256 };
}
