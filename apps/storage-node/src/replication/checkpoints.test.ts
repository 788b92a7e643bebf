import { createLogger } from '@netstore/service-kit';
import type { Sha256 } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { CHECKPOINT_BYTES, CHECKPOINT_RECORDS } from '../log/checkpoint-policy.ts';
import { decodeCheckpoint } from '../log/payload.ts';
import { Checkpoints, type CheckpointsOptions } from './checkpoints.ts';

const DIGEST = 'ab'.repeat(32) as Sha256;
const logger = createLogger({ service: 'test', level: 'silent' });

/** A primary whose catalogue is where the test says, and what it proposes. */
function primary() {
  const at = { seq: 0, checkpointSeq: 0, bytes: 0, isServing: true };
  const proposed: number[] = [];
  const committed: (() => void)[] = [];
  const propose = (type: string, payload: Uint8Array): Promise<null> => {
    const { seq, digest } = decodeCheckpoint(payload);
    expect([type, Buffer.from(digest).toString('hex')]).toEqual(['checkpoint', DIGEST]);
    proposed.push(seq);
    return new Promise((resolve) => committed.push(() => resolve(null)));
  };
  const options = {
    logger,
    log: { bytesFrom: () => at.bytes },
    catalogue: {
      get state() {
        return { applied: { seq: at.seq, hash: new Uint8Array(32) }, checkpoints: { seq: at.checkpointSeq, beforeSeq: 0 }, digest: DIGEST };
      },
    },
    replicator: {
      get term() {
        return { isServing: at.isServing, proposals: { propose } };
      },
    },
  } as unknown as CheckpointsOptions;
  return { at, proposed, committed, options };
}

test('a checkpoint says what the catalogue is, after so many records or bytes, on the primary alone', async () => {
  const { at, proposed, committed, options } = primary();
  const checkpoints = new Checkpoints(options);
  const turn = async (changes: Partial<typeof at>): Promise<number> => {
    Object.assign(at, changes);
    checkpoints.proposeIfDue();
    return proposed.length;
  };
  expect(await turn({ seq: CHECKPOINT_RECORDS - 1 })).toBe(0);
  expect(await turn({ seq: CHECKPOINT_RECORDS, isServing: false })).toBe(0);
  expect(await turn({ isServing: true })).toBe(1);
  // The one before is still under way.
  expect(await turn({ seq: 3 * CHECKPOINT_RECORDS })).toBe(1);
  committed[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await turn({ checkpointSeq: 3 * CHECKPOINT_RECORDS, bytes: CHECKPOINT_BYTES })).toBe(1);
  expect(await turn({ seq: 3 * CHECKPOINT_RECORDS + 1 })).toBe(2);
  committed[1]?.();
  await checkpoints[Symbol.asyncDispose]();
  expect(proposed).toEqual([CHECKPOINT_RECORDS, 3 * CHECKPOINT_RECORDS + 1]);
});
