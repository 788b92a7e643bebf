import type { Grant, GrantRole, Reason } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { actionsWords, readOnlyWords, reasonWords, ruleWords } from './right-words.ts';

const user = (name: string, folder: string, role: GrantRole): Grant => ({ folder, subject: { kind: 'user', name }, role });
const group = (name: string, folder: string, role: GrantRole): Grant => ({ folder, subject: { kind: 'group', name }, role });

function words(grant: Grant, ...others: Grant[]): string {
  return ruleWords(grant, { owner: 'ann', grants: [grant, ...others] });
}

describe('a rule in words', () => {
  test('says what a role means in the whole space', () => {
    expect(words(user('bob', '', 'viewer'))).toBe('bob reads everything in the space and changes nothing.');
    expect(words(user('bob', '', 'editor'))).toBe('bob reads and changes everything in the space.');
    expect(words(user('bob', '', 'manager'))).toBe('bob may do everything in the space and looks after its members.');
    expect(words(user('bob', '', 'none'))).toBe('bob sees nothing in the space.');
  });

  test('says which rule further up it comes before', () => {
    const nearest = user('bob', 'a/b', 'none');
    expect(
      words(nearest, user('bob', '', 'viewer'), user('bob', 'a', 'editor'), user('cy', 'a', 'viewer'), user('bob', 'a/bc', 'viewer')),
    ).toBe('bob sees nothing in “a/b” and below; it is nearer than Editor for “a”, so it counts.');
    expect(words(nearest, user('bob', '', 'viewer'))).toContain('nearer than Viewer for the whole space');
  });

  test('says nothing of a rule further up that gives the same', () => {
    expect(words(user('bob', 'a', 'viewer'), user('bob', '', 'viewer'))).toBe('bob reads everything in “a” and below and changes nothing.');
  });

  test('of a group leaves room for rules of its people', () => {
    expect(words(group('staff', 'a', 'editor'))).toBe(
      'Everybody in staff reads and changes everything in “a” and below, unless they have a rule of their own there.',
    );
  });

  test('says so when it has no effect', () => {
    expect(words(user('ann', 'a', 'none'))).toMatch(/^Without effect: ann owns/);
    expect(words(user('bob', 'a', 'none'), user('bob', '', 'manager'))).toMatch(/^Without effect: bob is a manager/);
    expect(words(user('bob', 'a', 'none'), group('bob', '', 'manager'))).not.toContain('Without effect');
  });
});

describe('a reason in words', () => {
  test.each<[Reason, string]>([
    [{ kind: 'owner' }, 'bob is the owner of the space'],
    [{ kind: 'rule', rule: { folder: '', role: 'editor', by: { kind: 'user', name: 'bob' } } }, 'bob is editor of the whole space'],
    [
      { kind: 'rule', rule: { folder: 'a/b', role: 'viewer', by: { kind: 'group', name: 'staff' } } },
      'bob is viewer of “a/b” through the group staff',
    ],
    [{ kind: 'rule', rule: { folder: 'a', role: 'none', by: { kind: 'user', name: 'bob' } } }, 'bob was given nothing in “a”'],
    [{ kind: 'way' }, 'bob was given something deeper, and the way there is seen'],
    [{ kind: 'no-rule' }, 'bob was given nothing here'],
    [{ kind: 'cut', cut: { path: 'a', actions: ['read'] } }, 'bob is kept to “a” by a key or link'],
  ])('of %j is “%s”', (reason, expected) => {
    expect(reasonWords(reason, 'bob')).toBe(expected);
  });

  test('comes with the most that somebody may do', () => {
    expect(actionsWords(['see', 'read', 'write', 'manage'])).toBe('Manages');
    expect(actionsWords(['see', 'read', 'write'])).toBe('Reads and changes');
    expect(actionsWords(['see', 'write'])).toBe('Adds files');
    expect(actionsWords(['see', 'read'])).toBe('Reads');
    expect(actionsWords(['see'])).toBe('Sees the way');
    expect(actionsWords([])).toBe('Sees nothing');
  });

  test('is told to whoever may only look', () => {
    const rule = { folder: 'a', role: 'viewer', by: { kind: 'user', name: 'bob' } } as const;
    expect(readOnlyWords({ actions: ['see', 'read'], reason: { kind: 'rule', rule } })).toBe('Read only: you are viewer of “a”.');
    expect(readOnlyWords({ actions: ['see'], reason: { kind: 'way' } })).toBe('You see only the way to what was given to you.');
  });
});
