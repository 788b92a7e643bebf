import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { Applying } from './applying.ts';

const peer = 'node-2' as NodeId;

/** Looked at every 100 ms while ten records are committed in each. */
function committing(applying: Applying, untilMs: number): void {
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) applying.tick(nowMs, 1_000 + nowMs / 10);
}

test('a peer that has said nothing does not keep up', () => {
  const applying = new Applying();
  applying.tick(0, 0);
  expect(applying.keepsUp(peer)).toBe(false);
  applying.reported(peer, 0);
  expect(applying.keepsUp(peer)).toBe(true);
});

test('a peer keeps up while it has applied all but the last second or two', () => {
  const applying = new Applying();
  committing(applying, 5_000);
  applying.reported(peer, 1_499);
  expect(applying.keepsUp(peer)).toBe(true);
  applying.reported(peer, 1_400);
  expect(applying.keepsUp(peer)).toBe(true);
  applying.reported(peer, 1_399);
  expect(applying.keepsUp(peer)).toBe(false);
});

test('a peer that stands still falls behind, and one that comes forward keeps up again', () => {
  const applying = new Applying();
  applying.tick(0, 1_000);
  applying.reported(peer, 1_000);
  expect(applying.keepsUp(peer)).toBe(true);
  committing(applying, 2_500);
  expect(applying.keepsUp(peer)).toBe(false);
  applying.reported(peer, 1_250);
  expect(applying.keepsUp(peer)).toBe(true);
});

test('at the beginning of a term all that is committed has to be applied', () => {
  const applying = new Applying();
  applying.tick(0, 500);
  applying.reported(peer, 499);
  expect(applying.keepsUp(peer)).toBe(false);
});

test('what was said by another disk, or in another term, says nothing', () => {
  const applying = new Applying();
  applying.tick(0, 5);
  applying.reported(peer, 5);
  applying.forget(peer);
  expect(applying.keepsUp(peer)).toBe(false);
  applying.reported(peer, 5);
  applying.reset();
  applying.tick(100, 5);
  expect(applying.keepsUp(peer)).toBe(false);
});
