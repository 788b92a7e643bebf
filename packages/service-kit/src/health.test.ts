import fastify from 'fastify';
import { expect, test } from 'vitest';
import { type Readiness, registerHealth } from './health.ts';

async function probe(isReady: () => Promise<Readiness>) {
  await using app = fastify();
  registerHealth(app, { isReady });
  return {
    live: await app.inject('/livez'),
    ready: await app.inject('/readyz'),
  };
}

test('a service that is ready answers both probes with 200', async () => {
  const { live, ready } = await probe(async () => ({
    ready: true,
    reasons: [],
  }));
  expect([live.statusCode, ready.statusCode]).toEqual([200, 200]);
  expect(ready.json()).toEqual({ ready: true, reasons: [] });
});

test('a service that is not ready is alive and says why it cannot work', async () => {
  const { live, ready } = await probe(async () => ({
    ready: false,
    reasons: ['no primary'],
  }));
  expect([live.statusCode, ready.statusCode]).toEqual([200, 503]);
  expect(ready.json()).toEqual({ ready: false, reasons: ['no primary'] });
});

test('a readiness check that fails counts as not ready and leaks nothing', async () => {
  const { ready } = await probe(() => Promise.reject(new Error('secret')));
  expect(ready.statusCode).toBe(503);
  expect(ready.body).not.toContain('secret');
});
