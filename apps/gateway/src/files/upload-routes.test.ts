import { createHash, randomBytes } from 'node:crypto';
import type { Entry } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('PUT of a file', () => {
  let bench: GatewayBench;
  beforeAll(async () => {
    bench = await GatewayBench.start();
  });
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
  });

  test('stores the body and gives back the same bytes', async () => {
    const body = randomBytes(20 * 1024 * 1024 + 12_345);
    const put = await bench.fetch(`${FILES}/films/a%20b.bin`, { method: 'PUT', body, headers: { 'content-type': 'video/x-test' } });
    expect(put.status).toBe(201);
    const entry = (await put.json()) as Entry;
    expect(entry).toMatchObject({
      kind: 'file',
      path: 'films/a b.bin',
      sizeBytes: body.length,
      sha256: sha256(body),
      contentType: 'video/x-test',
    });
    expect(put.headers.get('etag')).toBe(`"${entry.version}"`);
    expect(put.headers.get('x-netstore-replicas')).toBe('3/3');
    expect(put.headers.get('location')).toBe(`${FILES}/films/a%20b.bin`);

    const got = await bench.fetch(`${FILES}/films/a%20b.bin`);
    expect(got.status).toBe(200);
    expect(got.headers.get('content-length')).toBe(String(body.length));
    expect(sha256(await got.bytes())).toBe(entry.sha256);
  });

  test('stores an empty file', async () => {
    const put = await bench.fetch(`${FILES}/empty.txt`, { method: 'PUT', body: '' });
    expect(put.status).toBe(201);
    expect(await put.json()).toMatchObject({ sizeBytes: 0, contentType: expect.stringContaining('text/plain') });
    const got = await bench.fetch(`${FILES}/empty.txt`);
    expect(got.headers.get('content-length')).toBe('0');
    expect(await got.text()).toBe('');
  });
});
