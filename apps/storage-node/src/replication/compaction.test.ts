import { createLogger } from '@netstore/service-kit';
import { NetStoreError } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { KEPT_SEGMENTS } from '../log/compaction-policy.ts';
import { Compaction, type CompactionOptions } from './compaction.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const segments = Array.from({ length: KEPT_SEGMENTS + 10 }, (_, index) => ({ lastSeq: (index + 1) * 10, sizeBytes: 1024 }));

function node(progress: readonly { isConnected: boolean; ackedSeq: number | null }[] = []) {
  const steps: string[] = [];
  const at = {
    beforeSeq: 1000,
    neededSeq: undefined as number | undefined,
    checkpoint: async (): Promise<void> => void steps.push('checkpoint'),
  };
  const options = {
    logger,
    log: { segments, base: { seq: 0 }, compact: async (count: number) => void steps.push(`compact ${count}`) },
    catalogue: {
      get state() {
        return { applied: { seq: 1000 }, checkpoints: { seq: 1000, beforeSeq: at.beforeSeq } };
      },
      checkpoint: () => at.checkpoint(),
    },
    shelf: at,
    replicator: { term: { progress } },
  } as unknown as CompactionOptions;
  return { at, steps, compaction: new Compaction(options) };
}

test('the beginning of the log goes when the catalogue is durable', async () => {
  const { steps, compaction } = node();
  await compaction.compactIfDue();
  expect(steps).toEqual(['checkpoint', 'compact 10']);
  await compaction[Symbol.asyncDispose]();
});

test('nothing goes while there is nothing to let go, or the catalogue cannot be made durable', async () => {
  const { at, steps, compaction } = node();
  at.beforeSeq = 5;
  await compaction.compactIfDue();
  at.beforeSeq = 1000;
  at.checkpoint = () => Promise.reject(new NetStoreError('NS_BUSY', 'a reader is in the way'));
  await compaction.compactIfDue();
  expect(steps).toEqual([]);
  await compaction[Symbol.asyncDispose]();
});

test('what stands behind a snapshot that is being given away stays', async () => {
  const { at, steps, compaction } = node();
  at.neededSeq = 52;
  await compaction.compactIfDue();
  expect(steps).toEqual(['checkpoint', 'compact 5']);
  await compaction[Symbol.asyncDispose]();
});

test('what a connected member lacks stays; one that is away is not waited for', async () => {
  const { steps, compaction } = node([
    { isConnected: true, ackedSeq: 35 },
    { isConnected: false, ackedSeq: 0 },
  ]);
  await compaction.compactIfDue();
  expect(steps).toEqual(['checkpoint', 'compact 3']);
  await compaction[Symbol.asyncDispose]();
});
