import { newIncarnation } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { holdsEnough } from './holds-enough.ts';

const joining = newIncarnation();
const before = newIncarnation();

describe('a new disk', () => {
  test('is complete when it holds what is wanted', () => {
    expect(holdsEnough({ incarnation: joining, completeSeq: 6 }, joining, 7)).toBe(false);
    expect(holdsEnough({ incarnation: joining, completeSeq: 7 }, joining, 7)).toBe(true);
  });

  test('is not taken in by what another disk of its node held, or by what nobody has said', () => {
    expect(holdsEnough({ incarnation: before, completeSeq: 7 }, joining, 7)).toBe(false);
    expect(holdsEnough({ incarnation: before, completeSeq: 7 }, joining, 0)).toBe(false);
    expect(holdsEnough({ incarnation: null, completeSeq: 7 }, joining, 7)).toBe(false);
  });

  test('is not complete before its first word, even when nothing is wanted yet', () => {
    expect(holdsEnough({ incarnation: null, completeSeq: 0 }, joining, 0)).toBe(false);
    expect(holdsEnough({ incarnation: joining, completeSeq: 0 }, joining, 0)).toBe(false);
  });
});
