/**
 * One flipped byte, of a copy and of the log: found by the scrub of its node, repaired from another, and in the audit once each, though two gateways
 * hear of it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, AuditPage, NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flipByte } from '../../support/flip-byte.ts';
import { Gateway, startGateway } from '../../support/gateway.ts';
import { operate } from '../../support/operator.ts';
import { seededBytes } from '../../support/seeded-bytes.ts';

const NODE = 'node-2' as NodeId;
const SOON = { timeout: 30_000, interval: 200 };

let gateway: Gateway;
let second: Gateway;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  second = new Gateway(gateway.auth, gateway.nodes);
  await second.start();
  await second.untilReady();
  token = await gateway.signIn();
});
afterAll(async () => {
  await second?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
});

const fileOfNode = (...path: readonly string[]): string => join(gateway.nodes.dataDir(NODE), ...path);

async function entries(): Promise<AuditEntry[]> {
  const answer = await fetch(`${gateway.url}/api/v1/audit?action=replica`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as AuditPage).entries.toReversed();
}

test('a copy and a record of the log that rot are on record, found and repaired, once', async () => {
  const url = `${gateway.url}/api/v1/spaces/home-admin/files/photo`;
  const put = await fetch(url, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: Buffer.concat([...seededBytes('rot', 300_000)]),
  });
  expect(put.status).toBe(201);
  const blobs = (): string[] =>
    readdirSync(fileOfNode('blobs'), { recursive: true, encoding: 'utf8' }).filter((name) => /^\w\w\/\w{32}$/.test(name));
  await expect.poll(blobs, SOON).toHaveLength(1);
  const [blob = ''] = blobs();
  flipByte(fileOfNode('blobs', blob), 1_000);
  flipByte(fileOfNode('log', readdirSync(fileOfNode('log')).toSorted()[0] ?? ''), 700);
  await operate(gateway.nodes, NODE).scrub('start');

  const told = async (): Promise<string[]> => (await entries()).map(({ action }) => action).toSorted();
  const all = ['replica.damaged', 'replica.log-damaged', 'replica.log-repaired', 'replica.repaired'];
  await expect.poll(told, SOON).toEqual(all);
  const [blobId] = blob.split('/').slice(-1);
  for (const { via, actorId, subject, action } of await entries()) {
    expect([via, actorId]).toEqual([`node:${NODE}`, null]);
    expect(subject).toContain(action.includes('log') ? 'records' : blobId);
  }
  // Both gateways have asked again by now, and a third one begins with everything.
  await second.end('SIGTERM');
  await second.start();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await told()).toEqual(all);
}, 90_000);
