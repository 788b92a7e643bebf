import { NetStoreError } from '@netstore/shared-types';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RememberedAnswers } from './remembered-answers.ts';

const down = new NetStoreError('NS_UNAVAILABLE', 'down');
const refused = new NetStoreError('NS_NOT_FOUND', 'not yours');

describe('answers of the auth service', () => {
  let nowMs: number;
  let answers: RememberedAnswers<string>;
  let asked: number;
  const ask = (answer: string | Error) => async (): Promise<string> => {
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  beforeEach(() => {
    nowMs = 1_000_000;
    asked = 0;
    answers = new RememberedAnswers({ now: () => nowMs });
  });

  test('are used for less than 4 s', async () => {
    expect(await answers.get('k', ask('one'))).toBe('one');
    nowMs += 3_999;
    expect(await answers.get('k', ask('two'))).toBe('one');
    nowMs += 1;
    expect(await answers.get('k', ask('two'))).toBe('two');
  });

  test('are asked for once when many want them', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => answers.get('k', ask('one'))));
    expect(new Set(all)).toEqual(new Set(['one']));
    expect(asked).toBe(1);
  });

  test('are not used longer when nobody answers', async () => {
    await answers.get('k', ask('one'));
    nowMs += 3_999;
    expect(await answers.get('k', ask(down))).toBe('one');
    nowMs += 1;
    await expect(answers.get('k', ask(down))).rejects.toBe(down);
  });

  test('are not made up for whom nobody answered before', async () => {
    await expect(answers.get('k', ask(down))).rejects.toBe(down);
    expect(await answers.get('k', ask('one'))).toBe('one');
  });

  test('may be refusals, which last as long', async () => {
    await answers.get('k', ask('one'));
    nowMs += 4_000;
    await expect(answers.get('k', ask(refused))).rejects.toBe(refused);
    await expect(answers.get('k', ask('two'))).rejects.toBe(refused);
    nowMs += 4_000;
    expect(await answers.get('k', ask('two'))).toBe('two');
  });

  test('belong to one key', async () => {
    await answers.get('k', ask('one'));
    expect(await answers.get('l', ask('two'))).toBe('two');
  });

  test('are forgotten when they are meant, grants and refusals', async () => {
    await answers.get('k', ask('one'));
    await answers.get('l', ask('one'));
    await expect(answers.get('m', ask(refused))).rejects.toBe(refused);
    answers.forget((key, value) => key === 'm' || (key === 'k' && value === 'one'));
    expect(await answers.get('k', ask('two'))).toBe('two');
    expect(await answers.get('l', ask('two'))).toBe('one');
    expect(await answers.get('m', ask('two'))).toBe('two');
  });

  test('on their way are remembered when only others are forgotten', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const asking = answers.get('k', () => promise);
    answers.forget((key) => key === 'l');
    resolve('one');
    await asking;
    expect(await answers.get('k', ask('two'))).toBe('one');
  });

  test('that are large together make room for one another', async () => {
    const large = new RememberedAnswers<string>({ now: () => nowMs, bytesOf: () => 12 * 1024 * 1024 });
    for (const key of ['k', 'l', 'm']) await large.get(key, ask('one'));
    expect(await large.get('m', ask('two'))).toBe('one');
    expect(await large.get('k', ask('two'))).toBe('two');
  });

  test('take no memory any more once they are 5 s old', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pass = (milliseconds: number): void => {
      nowMs += milliseconds;
      vi.advanceTimersByTime(milliseconds);
    };
    const left = (): string[] => {
      const seen: string[] = [];
      answers.forget((key) => seen.push(key) === 0);
      return seen;
    };
    await answers.get('k', ask('one'));
    pass(4_900);
    expect(left()).toEqual(['k']);
    pass(102);
    expect(left()).toEqual([]);
  });

  test('that are on their way when something changes serve those who asked before, and nobody after', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const before = answers.get('k', () => promise);
    answers.forget(() => true);
    const after = answers.get('k', ask('new'));
    resolve('old');
    expect(await before).toBe('old');
    expect(await after).toBe('new');
    expect(await answers.get('k', ask('newer'))).toBe('new');
  });
});
