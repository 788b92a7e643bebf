import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const KEY = randomBytes(32).toString('hex');
const OTHER_KEY = randomBytes(32).toString('hex');
const NO_FLAGS = { nodes: undefined, 'key-file': undefined, 'data-dir': undefined };
const NODES = 'node-1=127.0.0.1:1,node-2=127.0.0.1:2,node-3=127.0.0.1:3';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'netstore-cli-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function makeDataDir(name: string, { key = KEY, port = 7000, mode = 0o600 } = {}): string {
  mkdirSync(join(cwd, name, 'secrets'), { recursive: true });
  const nodes = [1, 2, 3].map((number) => ({ id: `node-${number}`, wire: `127.0.0.1:${port + number}`, pid: 1 }));
  writeFileSync(join(cwd, name, 'run.json'), JSON.stringify({ gateway: {}, auth: {}, nodes }));
  writeFileSync(join(cwd, name, 'secrets', 'cluster.key'), key, { mode });
  return join(cwd, name);
}

function makeKey(name: string, key: string): string {
  writeFileSync(join(cwd, name), key, { mode: 0o600 });
  return join(cwd, name);
}

const portsOf = (flags: Partial<typeof NO_FLAGS | Record<string, string>>, env: NodeJS.ProcessEnv = {}): number[] =>
  readConfig({ ...NO_FLAGS, ...flags }, { env, cwd }).nodes.map(({ port }) => port);

describe('nodes and key', () => {
  test('come from ./data, where the launcher keeps them', () => {
    makeDataDir('data');
    const { nodes, clusterKey } = readConfig(NO_FLAGS, { env: {}, cwd });
    expect(nodes.map(({ id, host, port }) => `${id} ${host}:${port}`)).toEqual([
      'node-1 127.0.0.1:7001',
      'node-2 127.0.0.1:7002',
      'node-3 127.0.0.1:7003',
    ]);
    expect(clusterKey.toString('hex')).toBe(KEY);
  });

  test('come from the data directory that is named, rather by option than by variable', () => {
    makeDataDir('named', { port: 8000 });
    makeDataDir('by-option', { port: 9000 });
    expect(portsOf({}, { NETSTORE_DATA_DIR: 'named' })[0]).toBe(8001);
    expect(portsOf({ 'data-dir': 'by-option' }, { NETSTORE_DATA_DIR: 'named', NETSTORE_NODES: NODES })[0]).toBe(9001);
  });

  test('come from the environment before the data directory, and from options before both', () => {
    makeDataDir('data');
    const env = { NETSTORE_NODES: NODES, NETSTORE_CLUSTER_KEY_FILE: makeKey('env.key', OTHER_KEY) };
    expect(portsOf({}, env)).toEqual([1, 2, 3]);
    expect(readConfig(NO_FLAGS, { env, cwd }).clusterKey.toString('hex')).toBe(OTHER_KEY);
    const flags = { ...NO_FLAGS, nodes: 'node-1=127.0.0.1:11', 'key-file': makeKey('flag.key', KEY) };
    expect(readConfig(flags, { env, cwd })).toMatchObject({ nodes: [{ port: 11 }], clusterKey: Buffer.from(KEY, 'hex') });
  });

  test('may come from different places', () => {
    makeDataDir('data');
    expect(portsOf({ nodes: NODES })).toEqual([1, 2, 3]);
  });
});

describe('it is refused, and said where to look,', () => {
  const refusal = (flags: Partial<Record<keyof typeof NO_FLAGS, string>>, env: NodeJS.ProcessEnv = {}): string => {
    try {
      readConfig({ ...NO_FLAGS, ...flags }, { env, cwd });
      return 'not refused';
    } catch (error) {
      expect(error).toMatchObject({ code: 'NS_CONFIG_INVALID' });
      return String(error);
    }
  };

  test('when no cluster runs here', () => {
    expect(refusal({})).toContain(`there is no ${join(cwd, 'data', 'run.json')}`);
    expect(refusal({})).toContain('--data-dir');
  });

  test('when run.json is not what it should be', () => {
    makeDataDir('data');
    writeFileSync(join(cwd, 'data', 'run.json'), '{');
    expect(refusal({})).toContain('run.json cannot be read');
    writeFileSync(join(cwd, 'data', 'run.json'), '{"nodes":[{"id":1}]}');
    expect(refusal({})).toContain('is not what the launcher writes');
  });

  test('when the nodes contradict each other', () => {
    makeDataDir('data');
    expect(refusal({ nodes: 'node-1=a:1,node-1=b:1' })).toContain('--nodes names node-1 twice');
    expect(refusal({}, { NETSTORE_NODES: 'nonsense' })).toContain('NETSTORE_NODES: expected name=host:port in place 1');
  });

  test('when the key is missing, is none, or is open to others', () => {
    expect(refusal({ nodes: NODES })).toContain(`${join(cwd, 'data', 'secrets', 'cluster.key')}: the file cannot be read (ENOENT)`);
    expect(refusal({ nodes: NODES, 'key-file': makeKey('short', 'abc') })).toContain('--key-file: expected a file of 64 hex characters');
    makeDataDir('open', { mode: 0o644 });
    if (process.platform !== 'win32') expect(refusal({ 'data-dir': 'open' })).toContain('expected mode 0600');
  });
});
