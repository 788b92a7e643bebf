import { beforeEach, describe, expect, test } from 'vitest';
import { asked, ONE, peer, silent, THREE, TWO } from '../testing/asked-node.ts';
import type { AskedNode } from './cluster-client.ts';
import { ReplacementCourse } from './replacement-course.ts';

const PATIENCE_MS = 60_000;
const copying = asked(THREE, { role: 'learner', lastSeq: 900, debt: { blobs: 3, bytes: 3 * 1024 ** 2, heldSeq: 5 } });
const primary = asked(ONE, { peers: [peer(TWO), peer(THREE, { isMember: false })] });
const underWay: readonly AskedNode[] = [primary, asked(TWO), copying];
const nobody: readonly AskedNode[] = [silent(ONE), asked(TWO), copying];

/** node-2 has taken over in epoch 4. */
const elsewhere: readonly AskedNode[] = [
  asked(ONE, { role: 'secondary' }),
  asked(TWO, { role: 'primary', epoch: 4, peers: [peer(ONE), peer(THREE, { isMember: false })] }),
  copying,
];

let course: ReplacementCourse;
beforeEach(() => {
  course = new ReplacementCourse(THREE, PATIENCE_MS);
});

test('the primary is asked first, and once', () => {
  expect(course.takenInBy).toBeUndefined();
  expect(course.look(underWay, 0)).toEqual({ kind: 'ask', primary: ONE, epoch: 3 });
  course.asked(ONE, 3);
  expect(course.takenInBy).toBe(ONE);
  expect(course.look(underWay, 1_000)).toEqual({ kind: 'wait', progress: 'node-3: 100 records behind, 3 blobs (3.0 MiB) still to copy' });
});

describe('once the primary was asked', () => {
  beforeEach(() => {
    course.asked(ONE, 3);
  });

  test('the end is reached when the primary counts the disk, and not before', () => {
    const joined = asked(ONE, { peers: [peer(TWO), peer(THREE)] });
    expect(course.look([joined, asked(TWO), copying], 0)).toMatchObject({ kind: 'wait' });
    expect(course.look([joined, asked(TWO), asked(THREE)], 0)).toEqual({ kind: 'member' });
    const old = asked(ONE, { peers: [peer(TWO), peer(THREE, { isConnected: false })] });
    expect(course.look([old, asked(TWO), asked(THREE)], 0)).toMatchObject({ kind: 'wait' });
  });

  test('another primary is asked, and so is the same one in another epoch', () => {
    expect(course.look(elsewhere, 0)).toEqual({ kind: 'ask', primary: TWO, epoch: 4 });
    course.asked(TWO, 4);
    expect(course.look(elsewhere, 0)).toMatchObject({ kind: 'wait' });
    const again = asked(ONE, { epoch: 5, peers: [] });
    expect(course.look([again, asked(TWO), copying], 0)).toEqual({ kind: 'ask', primary: ONE, epoch: 5 });
  });

  test.each<[string, readonly AskedNode[], string]>([
    ['nobody is primary', nobody, 'nobody is primary'],
    ['the node does not answer', [primary, asked(TWO), silent(THREE)], 'node-3 does not answer'],
  ])('while %s it waits, says so once and not at once, and asks again afterwards', (_, reports, what) => {
    const news = [0, 4_000, 5_000, 6_000].map((nowMs) => {
      const step = course.look(reports, nowMs);
      return step.kind === 'wait' ? (step.news ?? step.progress) : step.kind;
    });
    expect(news).toEqual([
      `node-3: waiting, ${what}`,
      `node-3: waiting, ${what}`,
      `Waiting, 1 min at most: ${what}. This command goes on by itself.`,
      `node-3: waiting, ${what}`,
    ]);
    expect(course.look(underWay, 7_000)).toEqual({ kind: 'ask', primary: ONE, epoch: 3 });
  });

  test('a moment without an answer is not worth a word, and nothing is added up', () => {
    for (let nowMs = 0; nowMs < 10 * PATIENCE_MS; nowMs += 4_000) {
      expect(course.look(nobody, nowMs)).not.toHaveProperty('news');
      expect(course.look(underWay, nowMs + 2_000)).toMatchObject({ kind: 'wait' });
    }
  });

  test('it gives up when nothing went on for the whole time, and says for how long, why, and the way out', () => {
    course.look(nobody, 1_000);
    expect(course.look(nobody, 60_999)).toMatchObject({ kind: 'wait' });
    const step = course.look(nobody, 61_000);
    expect(step).toMatchObject({ kind: 'give-up', error: { code: 'NS_NO_QUORUM' } });
    expect(step.kind === 'give-up' ? step.error.message : '').toMatch(
      /^node-3 is not taken in: for 1 min now, nobody is primary\. .*ask again: netstore node replace node-3$/,
    );
  });

  test('a primary that cannot take it in now is asked again each time, and not for ever', () => {
    const refusal = { code: 'NS_UNAVAILABLE', what: 'node-2 cannot take node-3 in: no route' } as const;
    for (let nowMs = 0; nowMs < PATIENCE_MS; nowMs += 1_000) {
      expect(course.look(elsewhere, nowMs)).toMatchObject({ kind: 'ask', primary: TWO });
      expect(course.held(refusal, nowMs)).toMatchObject({ kind: 'wait' });
    }
    expect(course.held(refusal, PATIENCE_MS)).toMatchObject({ kind: 'give-up', error: { code: 'NS_UNAVAILABLE' } });
  });
});
