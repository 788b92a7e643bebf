import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { randomBody } from './random-body.ts';

async function collect(body: { stream(): AsyncIterable<Buffer> }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.stream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a random body', () => {
  test('has the announced size and digest', async () => {
    const body = randomBody(1, 700_001);
    const bytes = await collect(body);
    expect(bytes.length).toBe(700_001);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(body.sha256);
  });

  test('is the same at every reading, and another for another seed', async () => {
    const body = randomBody(1, 5000);
    expect(await collect(body)).toEqual(await collect(body));
    expect(randomBody(2, 5000).sha256).not.toBe(body.sha256);
  });

  test('never repeats a block', async () => {
    const bytes = await collect(randomBody(1, 3 * 256 * 1024));
    const digests = [0, 1, 2].map((index) =>
      createHash('sha256')
        .update(bytes.subarray(index * 256 * 1024, (index + 1) * 256 * 1024))
        .digest('hex'),
    );
    expect(new Set(digests).size).toBe(3);
  });

  test('may be empty or smaller than the number of a block', async () => {
    expect((await collect(randomBody(1, 0))).length).toBe(0);
    expect((await collect(randomBody(1, 3))).length).toBe(3);
  });
});
