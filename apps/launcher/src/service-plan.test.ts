import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { planServices, type ServiceSpec } from './service-plan.ts';

const env = {
  PATH: '/usr/bin',
  UNRELATED_TOKEN: 'from the shell',
  NETSTORE_DATA_DIR: 'data',
  NETSTORE_LOG_LEVEL: 'debug',
  NETSTORE_ADMIN_USERNAME: 'ann',
  NETSTORE_ADMIN_PASSWORD: 'a password of ann',
};
const ingredients = {
  config: readConfig(env, '/people/ann'),
  ports: { http: 8080, auth: 1, wire: [2, 3, 4], health: [5, 6, 7] },
  secrets: { cluster: '/s/cluster', service: '/s/service', ticket: '/s/ticket' },
  root: '/n',
  webDir: '/n/web',
};
const plan = planServices(ingredients);
const all: readonly ServiceSpec[] = [plan.auth, ...plan.nodes, plan.gateway];

test('nodes differ in their own place alone and share the list of all', () => {
  const [first, second] = plan.nodes;
  expect(first?.env['NETSTORE_NODES']).toBe('node-1=127.0.0.1:2,node-2=127.0.0.1:3,node-3=127.0.0.1:4');
  const differing = Object.keys(first?.env ?? {}).filter((name) => first?.env[name] !== second?.env[name]);
  expect(differing.sort()).toEqual(['NETSTORE_DATA_DIR', 'NETSTORE_HEALTH_PORT', 'NETSTORE_NODE_ID', 'NETSTORE_WIRE_PORT']);
  expect(second).toMatchObject({ name: 'node-2', wire: '127.0.0.1:3', health: 'http://127.0.0.1:6', dataDir: '/people/ann/data/node-2' });
});

test('the password reaches the auth service alone and nothing that is recorded', () => {
  expect(plan.auth.unrecordedEnv).toEqual({ NETSTORE_ADMIN_USERNAME: 'ann', NETSTORE_ADMIN_PASSWORD: 'a password of ann' });
  for (const { env: recorded, argv } of all) expect(JSON.stringify([recorded, argv])).not.toContain('a password of ann');
  for (const { unrecordedEnv } of [...plan.nodes, plan.gateway]) expect(unrecordedEnv).toEqual({});
});

test('settings of services are passed on, other variables of the shell are not', () => {
  for (const spec of all) {
    expect(spec.env).toMatchObject({ NETSTORE_LOG_LEVEL: 'debug', PATH: '/usr/bin' });
    expect(spec.env).not.toHaveProperty('UNRELATED_TOKEN');
  }
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['::1', 'http://[::1]:8080'],
  ['files.example', 'http://files.example:8080'],
])('a gateway that listens on %s is reached at %s', (host, url) => {
  const config = readConfig({ ...env, NETSTORE_HTTP_HOST: host }, '/');
  expect(planServices({ ...ingredients, config }).gateway.url).toBe(url);
});
