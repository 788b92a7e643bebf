import { describe, expect, test } from 'vitest';
import { type AppendOffer, firstSeqToSend, planAppend } from './log-rules.ts';

const offer = (changes: Partial<AppendOffer>): AppendOffer => ({ previous: 'same', records: [], lastSeq: 5, commitSeq: 3, ...changes });

describe('an append', () => {
  test('that continues the log is taken whole', () => {
    const records = [{ seq: 6, own: 'absent' } as const, { seq: 7, own: 'absent' } as const];
    expect(planAppend(offer({ records }))).toEqual({ kind: 'append', skip: 0, setAsideFrom: null });
  });

  test('of records that are here already is passed over', () => {
    const records = [{ seq: 4, own: 'same' } as const, { seq: 5, own: 'same' } as const];
    expect(planAppend(offer({ records }))).toEqual({ kind: 'append', skip: 2, setAsideFrom: null });
  });

  test('that differs above the commit point sets the own suffix aside from there', () => {
    const records = [{ seq: 4, own: 'same' } as const, { seq: 5, own: 'different' } as const, { seq: 6, own: 'absent' } as const];
    expect(planAppend(offer({ records }))).toEqual({ kind: 'append', skip: 1, setAsideFrom: 5 });
  });

  test('that differs at or below the commit point is a contradiction and changes nothing', () => {
    expect(planAppend(offer({ records: [{ seq: 3, own: 'different' }] }))).toEqual({ kind: 'contradiction', seq: 3 });
    expect(planAppend(offer({ previous: 'different', records: [{ seq: 4, own: 'absent' }] }))).toEqual({ kind: 'contradiction', seq: 3 });
  });

  test('that does not connect is a gap', () => {
    expect(planAppend(offer({ previous: 'absent', records: [{ seq: 9, own: 'absent' }] }))).toEqual({ kind: 'gap' });
    expect(planAppend(offer({ previous: 'different', records: [{ seq: 6, own: 'absent' }] }))).toEqual({ kind: 'gap' });
  });

  test('without records that connects changes nothing', () => {
    expect(planAppend(offer({}))).toEqual({ kind: 'append', skip: 0, setAsideFrom: null });
  });
});

describe('sending', () => {
  test('goes on behind the last record of a secondary whose log is a prefix', () => {
    expect(firstSeqToSend({ lastSeq: 8, isLastOurs: true, commitSeq: 3 })).toBe(9);
  });

  test('begins behind the commit point of a secondary whose last record is another one', () => {
    expect(firstSeqToSend({ lastSeq: 8, isLastOurs: false, commitSeq: 3 })).toBe(4);
  });
});
