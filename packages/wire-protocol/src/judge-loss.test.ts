import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { filesAtRiskOf, lostBlobsOf } from './judge-loss.ts';
import type { NodeReport } from './judge-stop.ts';
import { SAMPLE_BODIES } from './testing/sample-messages.ts';

interface Said {
  readonly lost: number | null;
  readonly filesAtRisk?: number | null;
}

/** The first one is primary unless it says nothing of files. */
function reportsOf(...all: readonly (Said | null)[]): NodeReport[] {
  return all.map((said, index) => {
    const nodeId = `node-${index + 1}` as NodeId;
    if (said === null) return { nodeId, status: null };
    const { lost, filesAtRisk = null } = said;
    const { STATUS } = SAMPLE_BODIES;
    const role = filesAtRisk === null ? 'secondary' : 'primary';
    return { nodeId, status: { ...STATUS, nodeId, role, filesAtRisk, scrub: { ...STATUS.scrub, lostBlobs: lost } } };
  });
}

test('every node counts the same lost blobs: the one that has looked furthest is believed', () => {
  expect(lostBlobsOf(reportsOf({ lost: 2 }, { lost: 3 }, { lost: 0 }))).toBe(3);
  expect(lostBlobsOf(reportsOf({ lost: 0 }, { lost: null }, null))).toBe(0);
  expect(lostBlobsOf(reportsOf(null, null, null))).toBe(0);
});

test('no file at risk is not said while a blob is lost', () => {
  expect(filesAtRiskOf(reportsOf({ lost: 0, filesAtRisk: 0 }, { lost: 0 }))).toBe(0);
  expect(filesAtRiskOf(reportsOf({ lost: 0, filesAtRisk: 0 }, { lost: 2 }))).toBe(1);
  expect(filesAtRiskOf(reportsOf({ lost: 2, filesAtRisk: 7 }, { lost: 2 }))).toBe(7);
});

test('without a primary nobody says how many files are at risk', () => {
  expect(filesAtRiskOf(reportsOf({ lost: 2 }, { lost: 2 }))).toBeNull();
});
