import type { ClusterId, NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { encodeNewEpoch } from '../log/payload.ts';
import { type LogRecord, NO_HASH, sealRecord } from '../log/record.ts';
import { Aborted } from './aborted.ts';

const record = (seq: number, type: LogRecord['type'] = 'operation', payload: Uint8Array = new Uint8Array()): LogRecord =>
  sealRecord({ seq, epoch: 1, timeMs: 0, previous: NO_HASH, type, payload });

function opening(seq: number, aborted: number[]): LogRecord {
  const payload = encodeNewEpoch({ epoch: 2, primary: 'node-1' as NodeId, clusterId: 'c'.repeat(32) as ClusterId, members: [], aborted });
  return record(seq, 'new-epoch', payload);
}

test('a record is void once the record behind it that says so is in the log', () => {
  const aborted = new Aborted();
  aborted.pushed([record(5), record(6)]);
  expect(aborted.among([record(5), record(6)])).toEqual([]);
  aborted.pushed([opening(7, [6])]);
  expect(aborted.among([record(5), record(6)])).toEqual([6]);
});

test('and is not when that record leaves the log again', () => {
  const aborted = new Aborted();
  aborted.pushed([opening(7, [6])]);
  aborted.truncated(8);
  expect(aborted.among([record(6)])).toEqual([6]);
  aborted.truncated(7);
  expect(aborted.among([record(6)])).toEqual([]);
});

test('what is applied is forgotten', () => {
  const aborted = new Aborted();
  aborted.pushed([opening(7, [6])]);
  aborted.applied(6);
  expect(aborted.among([record(6)])).toEqual([6]);
  aborted.applied(7);
  expect(aborted.among([record(6)])).toEqual([]);
});
