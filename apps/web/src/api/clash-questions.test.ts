import type { Entry } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { type Clash, type ClashChoice, ClashQuestions } from './clash-questions.ts';

const clash = (name: string, kind: Entry['kind'] = 'file', existingKind: Entry['kind'] = kind): Clash => ({
  space: 'home',
  kind,
  existing: {
    kind: existingKind,
    name,
    path: name,
    sizeBytes: 1,
    contentType: null,
    modifiedAt: '2026-01-01T00:00:00.000Z',
    version: null,
    sha256: null,
    replicas: null,
  },
});

/** Resolves with the name that is asked about, once a question is open, and answers it. */
async function answerNext(questions: ClashQuestions, choice: ClashChoice, isForAll = false): Promise<string> {
  while (questions.open.get() === undefined) await new Promise(setImmediate);
  const question = questions.open.get();
  question?.onAnswer(choice, isForAll);
  return question?.existing.name ?? '';
}

describe('questions about clashes', () => {
  test('are asked one at a time, whoever asks', async () => {
    const questions = new ClashQuestions();
    const answers = Promise.all([questions.asker(1)(clash('a')), questions.asker(1)(clash('b'))]);
    expect(await answerNext(questions, 'replace')).toBe('a');
    expect(await answerNext(questions, 'skip')).toBe('b');
    expect(await answers).toEqual(['replace', 'skip']);
  });

  test('are not asked again once an answer stands for all, in that operation alone', async () => {
    const questions = new ClashQuestions();
    const ask = questions.asker(3);
    const answers = Promise.all([ask(clash('a')), ask(clash('b')), ask(clash('c')), questions.asker(1)(clash('other'))]);
    expect(await answerNext(questions, 'keep-both', true)).toBe('a');
    expect(await answerNext(questions, 'skip')).toBe('other');
    expect(await answers).toEqual(['keep-both', 'keep-both', 'keep-both', 'skip']);
  });

  test('are asked again where the answer for all is impossible', async () => {
    const questions = new ClashQuestions();
    const ask = questions.asker(2);
    const answers = Promise.all([ask(clash('a')), ask(clash('b', 'file', 'folder'))]);
    await answerNext(questions, 'replace', true);
    expect(await answerNext(questions, 'keep-both')).toBe('b');
    expect(await answers).toEqual(['replace', 'keep-both']);
  });

  test('are skipped when nobody is there to answer', async () => {
    const questions = new ClashQuestions();
    const ask = questions.asker(2);
    const answers = Promise.all([ask(clash('a')), ask(clash('b'))]);
    while (questions.open.get() === undefined) await new Promise(setImmediate);
    questions.clear();
    expect(await answers).toEqual(['skip', 'skip']);
  });
});
