import fastify from 'fastify';
import { expect, test } from 'vitest';
import { createMetrics, registerMetrics } from './metrics.ts';

test('the scrape holds process metrics, requests by route pattern and what the service adds', async () => {
  await using app = fastify();
  const metrics = createMetrics({ service: 'trial' });
  registerMetrics(app, metrics);
  app.get('/files/:name', () => 'x');
  metrics.counter({ name: 'trial_things_total', help: 'Things' }).inc(3);

  await app.inject('/files/private-name');
  await app.inject('/nowhere/private-name');
  const { body, headers } = await app.inject('/metrics');

  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('trial_things_total{service="trial"} 3');
  expect(body).toContain('process_resident_memory_bytes');
  expect(body).toMatch(/duration_seconds_count\{[^}]*route="\/files\/:name"[^}]*\} 1/);
  expect(body).toMatch(/duration_seconds_count\{[^}]*route="none"[^}]*\} 1/);
  expect(body).not.toContain('private-name');
});

test('two services in one process do not share their metrics', async () => {
  const first = createMetrics({ service: 'first' });
  const second = createMetrics({ service: 'second' });
  first.gauge({ name: 'trial_level', help: 'Level' }).set(1);
  expect(await second.render()).not.toContain('trial_level');
});
