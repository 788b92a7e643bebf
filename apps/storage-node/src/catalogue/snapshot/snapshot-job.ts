/** Work on copies of the catalogue that reads every byte of them: on a thread of its own, so that it holds up neither the node nor its catalogue. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NetStoreError } from '@netstore/shared-types';
import type { Failure } from '../calls.ts';
import type { SnapshotFacts } from './snapshot-file.ts';

export type SnapshotJob =
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  | { readonly kind: 'prepare'; readonly path: string; readonly expected: SnapshotFacts };

export type SnapshotAnswer = { readonly result: SnapshotFacts } | { readonly failure: Failure };

/** See `copyCatalogue` and `prepareCopy`. */
export async function runSnapshotJob(job: SnapshotJob): Promise<SnapshotFacts> {
  const worker = new Worker(new URL('./snapshot-worker.ts', import.meta.url), { workerData: job, name: 'snapshot' });
  try {
    const [answer] = (await once(worker, 'message')) as [SnapshotAnswer];
    if ('result' in answer) return answer.result;
    const { code, message, details } = answer.failure;
    throw new NetStoreError(code, message, { details });
  } finally {
    await worker.terminate();
  }
}
