/** The launcher as a person meets it: the real program, and what it says when it cannot start. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'netstore-launcher-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

interface Refusal {
  readonly exitCode: unknown;
  readonly said: string;
}

function start(env: Readonly<Record<string, string>> = {}): Promise<Refusal> {
  const options = { env: { PATH: process.env['PATH'], NETSTORE_DATA_DIR: dataDir, NETSTORE_HTTP_PORT: '0', ...env }, timeout: 20_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN], options, (error, stdout, stderr) => resolve({ exitCode: error?.code, said: stdout + stderr }));
  });
}

test('a port that is taken is named, with the variable that sets another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const refusal = await start({ NETSTORE_HTTP_PORT: String(port) });
  server.close();
  expect(refusal).toEqual({
    exitCode: 1,
    said: `NetStore cannot start. Port ${port} on 127.0.0.1 is in use. Set NETSTORE_HTTP_PORT to another one.\n`,
  });
});

test('an address that this machine does not have is named', async () => {
  const { exitCode, said } = await start({ NETSTORE_HTTP_HOST: '192.0.2.1', NETSTORE_HTTP_PORT: '8080' });
  expect(said).toBe('NetStore cannot start. 192.0.2.1 is not an address of this machine. Set NETSTORE_HTTP_HOST to one that is.\n');
  expect(exitCode).toBe(1);
});

test('a data directory that cannot be made is named with the reason', async () => {
  const file = join(dataDir, 'a-file');
  writeFileSync(file, '');
  const { exitCode, said } = await start({ NETSTORE_DATA_DIR: join(file, 'data') });
  expect(said).toMatch(/^NetStore cannot start\. The data directory .*a-file\/data cannot be used: ENOTDIR.* NETSTORE_DATA_DIR\.\n$/);
  expect(exitCode).toBe(1);
});

test('a second launcher on the same data directory is refused, and not once the first is gone', async () => {
  const first = openDataDirectory(dataDir);
  const { exitCode, said } = await start();
  expect(said).toMatch(/^NetStore cannot start\. Another NetStore is running on the data directory .*\n$/);
  expect(exitCode).toBe(1);
  first[Symbol.dispose]();
  expect(() => openDataDirectory(dataDir)[Symbol.dispose]()).not.toThrow();
});

test.each([
  ['empty', '', 'it is empty'],
  ['cut short', 'ab12', 'it has 4 characters of another kind'],
])('a key that is %s is named with the way out', async (_, content, found) => {
  mkdirSync(join(dataDir, 'secrets'));
  writeFileSync(join(dataDir, 'secrets', 'cluster.key'), content);
  const { exitCode, said } = await start();
  expect(said).toContain('cluster.key is damaged: expected 64 hex digits');
  expect(said).toContain(found);
  expect(said).toContain('delete it and start again');
  expect(exitCode).toBe(1);
});

test.each(['', '{"http":1', '{"http":8080,"auth":1,"wire":[1,2],"health":[1,2,3]}'])(
  'remembered ports that read %j are named with the way out',
  async (content) => {
    writeFileSync(join(dataDir, 'ports.json'), content);
    const { exitCode, said } = await start();
    expect(said).toMatch(/ports\.json are damaged.*Delete it and start again/);
    expect(exitCode).toBe(1);
  },
);

test('every problem of the configuration is listed at once', async () => {
  const { exitCode, said } = await start({
    NETSTORE_HTTP_PORT: 'x',
    NETSTORE_RESTART: 'sometimes',
    NETSTORE_ADMIN_USERNAME: 'ann',
    NETSTORE_NODE_WIRE_PORTS: '1,2',
  });
  for (const name of ['NETSTORE_HTTP_PORT', 'NETSTORE_RESTART', 'NETSTORE_ADMIN_PASSWORD', 'NETSTORE_NODE_WIRE_PORTS'])
    expect(said).toContain(name);
  expect(exitCode).toBe(1);
});
