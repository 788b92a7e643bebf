import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let folder: string;
let env: Record<string, string>;
const keyFile = (name: string, hex = randomBytes(32).toString('hex')): string => {
  const path = join(folder, name);
  writeFileSync(path, `${hex}\n`, { mode: 0o600 });
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
  env = {
    NETSTORE_AUTH_URL: 'http://127.0.0.1:8081/',
    NETSTORE_NODES: 'node-1=127.0.0.1:9001,node-2=127.0.0.1:9002,node-3=127.0.0.1:9003',
    NETSTORE_CLUSTER_KEY_FILE: keyFile('cluster.key'),
    NETSTORE_SERVICE_KEY_FILE: keyFile('service.key'),
    NETSTORE_TICKET_KEY_FILE: keyFile('ticket.key'),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the configuration', () => {
  test('needs five variables and has defaults for the rest', () => {
    const config = readConfig(env);
    expect(config).toMatchObject({
      httpHost: '127.0.0.1',
      httpPort: 8080,
      authUrl: 'http://127.0.0.1:8081',
      uploadMemoryBytes: 128 * 1024 * 1024,
    });
    expect(config).toMatchObject({ allowInsecureHttp: false, trustedProxies: [], webDir: undefined, logLevel: 'info' });
    expect(config.nodes.map(({ id }) => id)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('names every problem at once', () => {
    const problems = [
      'NETSTORE_AUTH_URL',
      'NETSTORE_NODES',
      'NETSTORE_CLUSTER_KEY_FILE',
      'NETSTORE_SERVICE_KEY_FILE',
      'NETSTORE_TICKET_KEY_FILE',
    ];
    let message = '';
    try {
      readConfig({ NETSTORE_HTTP_PORT: '99999' });
    } catch (error) {
      message = String(error);
    }
    for (const name of [...problems, 'NETSTORE_HTTP_PORT']) expect(message).toContain(name);
  });

  test.each([['127.0.0.1:8081'], ['ftp://x'], ['http://user@x'], ['http://x/path'], ['http://x?y']])(
    'refuses %s as the address of auth',
    (url) => {
      expect(() => readConfig({ ...env, NETSTORE_AUTH_URL: url })).toThrow('NETSTORE_AUTH_URL');
    },
  );

  test('refuses one key for two purposes', () => {
    expect(() => readConfig({ ...env, NETSTORE_TICKET_KEY_FILE: env.NETSTORE_SERVICE_KEY_FILE ?? '' })).toThrow('must differ');
  });

  test('takes a list of proxies', () => {
    expect(readConfig({ ...env, NETSTORE_TRUST_PROXY: '10.0.0.0/8, 127.0.0.1' }).trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1']);
  });
});
