/**
 * Prometheus metrics of one service: the process's own, HTTP requests by route pattern, and what the service adds. Labels are
 * closed sets (route patterns, codes, node ids), never paths, user names or addresses: each value costs memory for ever.
 */

import type { FastifyBaseLogger, FastifyTypeProvider } from 'fastify';
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import type { App } from './problem.ts';

export interface Metrics {
  counter<Label extends string>(configuration: CounterConfiguration<Label>): Counter<Label>;
  gauge<Label extends string>(configuration: GaugeConfiguration<Label>): Gauge<Label>;
  histogram<Label extends string>(configuration: HistogramConfiguration<Label>): Histogram<Label>;
  readonly contentType: string;
  /** The text of the scrape. */
  render(): Promise<string>;
}

export function createMetrics({ service }: { readonly service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    counter: (configuration) => new Counter({ ...configuration, registers: [registry] }),
    gauge: (configuration) => new Gauge({ ...configuration, registers: [registry] }),
    histogram: (configuration) => new Histogram({ ...configuration, registers: [registry] }),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** Adds `/metrics`, and measures the requests of the routes that are added afterwards. */
export function registerMetrics<Log extends FastifyBaseLogger, Types extends FastifyTypeProvider>(
  app: App<Log, Types>,
  metrics: Metrics,
): void {
  const duration = metrics.histogram({
    name: 'netstore_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.render());
  });
}
