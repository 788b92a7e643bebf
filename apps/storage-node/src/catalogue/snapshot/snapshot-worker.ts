/** The thread that makes or proves one copy of the catalogue, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { describeFailure } from '../sqlite-failure.ts';
import { copyCatalogue, prepareCopy, type SnapshotFacts } from './snapshot-file.ts';
import type { SnapshotAnswer, SnapshotJob } from './snapshot-job.ts';

parentPort?.postMessage(answer(workerData as SnapshotJob));

function answer(job: SnapshotJob): SnapshotAnswer {
  try {
    return { result: run(job) };
  } catch (error) {
    const { code, message, details } = describeFailure(error);
    return { failure: { code, message, details } };
  }
}

function run(job: SnapshotJob): SnapshotFacts {
  if (job.kind === 'copy') return copyCatalogue(job.from, job.to);
  prepareCopy(job.path, job.expected);
  return job.expected;
}
