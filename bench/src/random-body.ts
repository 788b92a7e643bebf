/**
 * Bodies of any size that are never in memory as a whole and that no layer can compress or recognise as equal: one block of random bytes, sent again
 * and again, each time with another number at its start. The same seed gives the same bytes, so that a digest can be computed before the clock runs.
 */
import { createCipheriv, createHash } from 'node:crypto';

const BLOCK_BYTES = 256 * 1024;

export interface RandomBody {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Yields the bytes, from the start at each call. A chunk may be kept: nobody writes to it afterwards. */
  stream(): AsyncIterable<Buffer>;
}

/** Computes the digest at once, outside of what is measured. */
export function randomBody(seed: number, sizeBytes: number): RandomBody {
  const block = randomBlock(seed);
  const hash = createHash('sha256');
  for (const chunk of chunksOf(block, sizeBytes)) hash.update(chunk);
  return {
    sizeBytes,
    sha256: hash.digest('hex'),
    async *stream() {
      yield* chunksOf(block, sizeBytes);
    },
  };
}

function* chunksOf(block: Buffer, sizeBytes: number): Generator<Buffer> {
  for (let offset = 0, index = 0; offset < sizeBytes; offset += BLOCK_BYTES, index += 1) {
    const chunk = Buffer.from(block.subarray(0, Math.min(BLOCK_BYTES, sizeBytes - offset)));
    if (chunk.length >= 4) chunk.writeUInt32BE(index, 0);
    yield chunk;
  }
}

/** The key stream of AES-CTR: random to look at, the same for the same seed. */
function randomBlock(seed: number): Buffer {
  const key = createHash('sha256').update(`netstore bench ${seed}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(BLOCK_BYTES));
}
