import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCluster } from './find-cluster.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netstore-bench-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function withGateway(status: number, check: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, answer) => answer.writeHead(status).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(join(folder, 'run.json'), JSON.stringify({ gateway: { url } }));
  try {
    await check(url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('findCluster', () => {
  test('gives the gateway that run.json names', () => withGateway(200, async (url) => expect(await findCluster(folder)).toBe(url)));

  test('finds nothing where no launcher runs', async () => {
    expect(await findCluster(folder)).toBeUndefined();
  });

  test('takes a file that a killed launcher left behind for no cluster', async () => {
    await writeFile(join(folder, 'run.json'), JSON.stringify({ gateway: { url: 'http://127.0.0.1:1' } }));
    expect(await findCluster(folder)).toBeUndefined();
  });

  test('refuses a cluster that is not ready', () =>
    withGateway(503, async () => {
      await expect(findCluster(folder)).rejects.toThrow('is not ready (status 503)');
    }));

  test('refuses a file that names no gateway', async () => {
    await writeFile(join(folder, 'run.json'), '{}');
    await expect(findCluster(folder)).rejects.toThrow('names no gateway');
  });
});
