import type { AuditEntry } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { sentenceOf, wayOf } from './act-sentence.ts';
import { wordsOfAct } from './act-words.ts';
import { refusalOf } from './outcome-words.ts';

const ENTRY: AuditEntry = {
  seq: 1,
  timeMs: 0,
  actorId: 'a1',
  actorName: 'ada',
  via: 'session:1',
  address: '192.0.2.1',
  action: 'file.read',
  space: 'lab',
  path: 'plans/engine.txt',
  subject: null,
  outcome: 'ok',
  requestId: 'r',
  hash: '',
};
const textOf = (fields: Partial<AuditEntry>, names = {}): string =>
  sentenceOf({ ...ENTRY, ...fields }, names)
    .map(({ text }) => text)
    .join('');

test.each<[Partial<AuditEntry>, string]>([
  [{}, 'ada read lab / plans/engine.txt'],
  [{ outcome: 'NS_FORBIDDEN' }, 'ada tried to read lab / plans/engine.txt'],
  [{ action: 'file.list', path: '' }, 'ada listed lab'],
  [{ action: 'file.read', space: null, path: null }, 'ada read something'],
  [{ via: 'link:9' }, 'Whoever has a link of ada read lab / plans/engine.txt'],
  [{ actorName: null }, 'a1 read lab / plans/engine.txt'],
  [{ action: 'session.begin', actorId: null, actorName: null, subject: 'eve' }, 'Somebody signed in as eve'],
  [{ action: 'user.delete', subject: 'u7' }, 'ada deleted the account of bob'],
  [{ action: 'group.add', subject: 'lab bob' }, 'ada added bob to the group lab'],
  [{ action: 'file.move', path: 'a', subject: 'b' }, 'ada moved lab / a to b'],
  [{ action: 'moon.paint' }, 'ada did moon.paint'],
])('%j is told as: %s', (fields, sentence) => {
  expect(textOf(fields, { u7: 'bob' })).toBe(sentence);
});

test('a name that looks like words is a part of its own', () => {
  const parts = sentenceOf({ ...ENTRY, actorName: 'ada deleted all and', path: '{subject}' }, {});
  expect(parts.filter(({ isName }) => isName).map(({ text }) => text)).toEqual(['ada deleted all and', 'lab / {subject}']);
});

test('what was not done says why, and whose fault it was', () => {
  expect(refusalOf('ok')).toBeUndefined();
  expect(refusalOf('NS_FORBIDDEN')).toEqual({ badge: 'Refused', reason: 'They have no right to that.' });
  expect(refusalOf('NS_INTERNAL')?.badge).toBe('Failed');
  expect(refusalOf('NS_OF_ANOTHER_TIME')).toEqual({ badge: 'Refused', reason: 'NS_OF_ANOTHER_TIME' });
  expect(refusalOf('toString')?.reason).toBe('toString');
});

test('keys and links are told', () => {
  expect(['session:1', 'key:1', 'link:1', null].map((via) => wayOf({ ...ENTRY, via }))).toEqual([
    undefined,
    'by an API key',
    'by a link',
    undefined,
  ]);
});

test('an act that this page does not know is called by its name', () => {
  expect(wordsOfAct('toString')).toEqual({ done: 'did toString', tried: 'do toString' });
});
