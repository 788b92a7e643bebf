import type { AuditReport } from '@netstore/shared-types';
import type { FaultEvent, FaultEventKind } from '@netstore/wire-protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const RUN = '00112233-4455-4677-8899-aabbccddeeff';
const SOON = { timeout: 10_000 };

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.start();
});
afterEach(() => bench[Symbol.asyncDispose]());

const event = (number: number, kind: FaultEventKind = 'gone'): FaultEvent => ({
  number,
  timeMs: 1_790_000_000_000 + number,
  kind,
  what: `blob ${number}`,
});
const told = (): AuditReport[] => bench.auth.audited.filter(({ via }) => via?.startsWith('node:'));
const subjects = (): (string | null)[] => told().map(({ subject }) => subject);

test('what a node found and repaired is in the audit, with the node, the time and the copy', async () => {
  bench.node(1).faults = { run: RUN, events: [event(1, 'damaged'), event(2, 'repaired')] };
  await expect.poll(() => told().map(({ action }) => action), SOON).toEqual(['replica.damaged', 'replica.repaired']);
  expect(told()[0]).toEqual({
    timeMs: 1_790_000_000_001,
    actorId: null,
    via: 'node:node-2',
    address: 'node-2',
    action: 'replica.damaged',
    space: null,
    path: null,
    subject: 'blob 1',
    outcome: 'ok',
    requestId: `${RUN}/1`,
  });
});

test('what is in the audit is not asked for again, and another run of the node begins anew', async () => {
  bench.node(0).faults = { run: RUN, events: [event(1), event(2)] };
  await expect.poll(subjects, SOON).toEqual(['blob 1', 'blob 2']);
  bench.node(0).faults = { run: RUN, events: [event(1), event(2), event(3)] };
  await expect.poll(subjects, SOON).toEqual(['blob 1', 'blob 2', 'blob 3']);
  bench.node(0).faults = { run: RUN.replace('0', 'f'), events: [event(1)] };
  await expect.poll(subjects, SOON).toEqual(['blob 1', 'blob 2', 'blob 3', 'blob 1']);
});

test('what a node let go before anybody asked has one entry that says how much', async () => {
  bench.node(2).faults = { run: RUN, events: [event(41)] };
  await expect.poll(subjects, SOON).toEqual([expect.stringContaining('40 events'), 'blob 41']);
  expect(told()[0]?.action).toBe('replica.unlisted');
});

test('it waits while the auth service takes nothing', async () => {
  bench.auth.isAuditAway = true;
  bench.node(0).faults = { run: RUN, events: [event(1)] };
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(told()).toEqual([]);
  bench.auth.isAuditAway = false;
  await expect.poll(subjects, SOON).toEqual(['blob 1']);
});
