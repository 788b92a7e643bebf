import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

let directory: string;
let required: Record<string, string>;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-config-'));
  const keyFile = join(directory, 'service.key');
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  required = { NETSTORE_AUTH_PORT: '0', NETSTORE_DATA_DIR: directory, NETSTORE_SERVICE_KEY_FILE: keyFile };
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('readConfig', () => {
  test('fills in what is not said', () => {
    expect(readConfig(required)).toEqual({
      host: '127.0.0.1',
      port: 0,
      dataDirectory: directory,
      serviceKey: Buffer.from(KEY, 'hex'),
      firstAdmin: undefined,
      publicUrl: undefined,
      passwordCost: { memoryKib: 65_536, passes: 3, lanes: 4 },
      logLevel: 'info',
    });
  });

  test('names every problem at once', () => {
    const read = (): unknown => readConfig({ NETSTORE_AUTH_HOST: '0.0.0.0', NETSTORE_ADMIN_USERNAME: 'Ada', NETSTORE_ARGON2_PASSES: '1' });
    for (const name of ['AUTH_PORT', 'DATA_DIR', 'SERVICE_KEY_FILE', 'AUTH_HOST', 'ADMIN_PASSWORD', 'ARGON2_PASSES']) {
      expect(read).toThrow(`NETSTORE_${name}`);
    }
  });

  test.each([
    ['127.0.0.1', {}, true],
    ['127.8.8.8', {}, true],
    ['::1', {}, true],
    ['localhost', {}, true],
    ['0.0.0.0', {}, false],
    ['127.example.org', {}, false],
    ['::', {}, false],
    ['0.0.0.0', { NETSTORE_ALLOW_INSECURE_WIRE: '1' }, true],
  ])('listening on %s with %j is allowed: %s', (host, more, isAllowed) => {
    const read = (): unknown => readConfig({ ...required, NETSTORE_AUTH_HOST: host, ...more });
    if (isAllowed) expect(read()).toMatchObject({ host });
    else expect(read).toThrow('in clear');
  });

  test('takes the first administrator with the password itself or in a file', () => {
    const passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, 'a password with a line break\n', { mode: 0o600 });
    const admin = { NETSTORE_ADMIN_USERNAME: 'ada' };
    expect(readConfig({ ...required, ...admin, NETSTORE_ADMIN_PASSWORD_FILE: passwordFile }).firstAdmin).toEqual({
      username: 'ada',
      password: 'a password with a line break',
    });
    expect(() => readConfig({ ...required, ...admin })).toThrow('only work together');
  });

  test.each([
    ['NETSTORE_ARGON2_MEMORY_KIB', '19455'],
    ['NETSTORE_ARGON2_PASSES', '1'],
    ['NETSTORE_ARGON2_LANES', '0'],
  ])('never goes below the floor of %s', (name, value) => {
    expect(() => readConfig({ ...required, [name]: value })).toThrow(name);
  });
});
