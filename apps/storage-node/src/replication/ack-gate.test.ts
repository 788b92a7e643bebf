import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LogRecord, NO_HASH, sealRecord } from '../log/record.ts';
import { AckGate } from './ack-gate.ts';
import type { LogTail } from './log-tail.ts';

let ended: AbortController;
beforeEach(() => {
  ended = new AbortController();
});
afterEach(() => ended.abort());

/** A gate over records 1 to 9; `missing` are those whose blobs are not here, `commitSeq` what is known to be committed. */
function gate({ missing = [] as number[], commitSeq = 0, matchedSeq = 0 } = {}) {
  const records: LogRecord[] = [];
  for (let seq = 1; seq <= 9; seq += 1) {
    records.push(
      sealRecord({ seq, epoch: 1, timeMs: 0, previous: records.at(-1)?.hash ?? NO_HASH, type: 'operation', payload: new Uint8Array() }),
    );
  }
  const state = { missing: new Set(missing), commitSeq, acks: [] as [number, number][], obtained: [] as number[] };
  const arrivals = new Map<number, () => void>();
  const givenUp: number[] = [];
  const tail = { read: async (fromSeq: number) => records.slice(fromSeq - 1) } as unknown as LogTail;
  const subject = new AckGate(
    {
      tail,
      commitSeq: () => state.commitSeq,
      epoch: 1,
      holdsBlobs: async (record) => !state.missing.has(record.seq),
      obtainBlobs: (record, signal) => {
        state.obtained.push(record.seq);
        return new Promise((resolve, reject) => {
          arrivals.set(record.seq, resolve);
          signal.addEventListener('abort', () => {
            givenUp.push(record.seq);
            reject(signal.reason);
          });
        });
      },
      acknowledge: async (seq, uncheckedSeq) => {
        state.acks.push([seq, uncheckedSeq]);
      },
    },
    matchedSeq,
  );
  void subject.run(ended.signal);
  const arrive = (seq: number): void => {
    state.missing.delete(seq);
    arrivals.get(seq)?.();
  };
  return { subject, state, arrive, givenUp };
}

test('what is durable and has its blobs is acknowledged', async () => {
  const { subject, state } = gate();
  subject.advance(5);
  await expect.poll(() => state.acks.at(-1)).toEqual([5, 0]);
});

test('nothing beyond what is durable is acknowledged, though more records are in memory', async () => {
  const { subject, state } = gate();
  subject.advance(2);
  await expect.poll(() => state.acks.at(-1)).toEqual([2, 0]);
});

test('a record above the commit point waits for its blobs, and those behind it wait with it', async () => {
  const { subject, state, arrive } = gate({ missing: [3] });
  subject.advance(5);
  await expect.poll(() => state.acks.at(-1)).toEqual([2, 0]);
  expect(state.obtained).toEqual([3]);
  arrive(3);
  await expect.poll(() => state.acks.at(-1)).toEqual([5, 0]);
});

test('a record that others committed meanwhile is acknowledged, and the gate says that its blobs were not seen', async () => {
  const { subject, state, givenUp } = gate({ missing: [3] });
  subject.advance(5);
  await expect.poll(() => state.acks.at(-1)).toEqual([2, 0]);
  state.commitSeq = 4;
  subject.repeat();
  await expect.poll(() => state.acks.at(-1)).toEqual([5, 3]);
  // The blobs are debt now. Waiting on here would pile up one wait for each record of a node whose disk is full.
  expect(givenUp).toEqual([3]);
});

test('an acknowledgement is repeated while blobs are waited for: the node is slow, not dead', async () => {
  const { subject, state } = gate({ missing: [3] });
  subject.advance(5);
  await expect.poll(() => state.acks.at(-1)).toEqual([2, 0]);
  const count = state.acks.length;
  subject.repeat();
  await expect.poll(() => state.acks.length).toBe(count + 1);
  expect(state.obtained).toEqual([3]);
});

test('committed records are acknowledged at once on a new stream, unseen; those above are looked at', async () => {
  const { state } = gate({ matchedSeq: 6, commitSeq: 4, missing: [2, 5] });
  await expect.poll(() => state.acks.at(-1)).toEqual([4, 4]);
  expect(state.obtained).toEqual([5]);
});

test('the same acknowledgement is repeated when asked for', async () => {
  const { subject, state } = gate();
  subject.advance(1);
  await expect.poll(() => state.acks.at(-1)).toEqual([1, 0]);
  const count = state.acks.length;
  subject.repeat();
  await expect.poll(() => state.acks.length).toBe(count + 1);
});
