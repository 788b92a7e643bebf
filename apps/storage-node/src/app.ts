/** The node's door for operators: `/livez`, `/readyz`, `/metrics`. Files never pass through it. */
import { type Metrics, type Readiness, registerHealth, registerMetrics, registerProblems } from '@netstore/service-kit';
import type { Status } from '@netstore/wire-protocol';
import { type FastifyInstance, fastify } from 'fastify';

export interface AppOptions {
  readonly metrics: Metrics;
  readonly isReady: () => Promise<Readiness>;
}

export function buildApp({ metrics, isReady }: AppOptions): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  registerProblems(app);
  registerMetrics(app, metrics);
  registerHealth(app, { isReady });
  return app;
}

type StatusGauge = readonly [name: string, help: string, read: (status: Status) => number];

const GAUGES: readonly StatusGauge[] = [
  ['netstore_epoch', 'Epoch this node has promised', (status) => status.epoch],
  ['netstore_is_primary', 'Whether this node orders writes now', (status) => Number(status.role === 'primary')],
  ['netstore_log_last_seq', 'Last record this node holds durably', (status) => status.lastSeq],
  ['netstore_log_commit_seq', 'Last record this node knows to be committed', (status) => status.commitSeq],
  ['netstore_log_applied_seq', 'Last record that its catalogue shows', (status) => status.appliedSeq],
  ['netstore_missing_blobs', 'Blobs that are referred to and not here', (status) => status.debt.blobs],
  ['netstore_missing_bytes', 'Bytes of those blobs', (status) => status.debt.bytes],
  ['netstore_disk_free_bytes', 'Free bytes on the disk of the data directory', (status) => status.space.freeBytes],
  ['netstore_quarantined_files', 'Copies and other files that were found wrong and lie in quarantine/', (status) => status.quarantined],
];

/** One status serves all gauges of a scrape: the first one reads it, the others show it. */
export function registerGauges(metrics: Metrics, status: () => Promise<Status>): void {
  let reading: Promise<Status> | undefined;
  const shared = (): Promise<Status> => {
    reading ??= status().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  for (const [name, help, read] of GAUGES) {
    metrics.gauge({
      name,
      help,
      async collect() {
        this.set(read(await shared()));
      },
    });
  }
}
