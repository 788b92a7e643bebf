import type { Grant, GrantRole } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { membersOf, rulesByFolder } from './rules-by-folder.ts';

const grant = (kind: 'user' | 'group', name: string, folder: string, role: GrantRole = 'viewer'): Grant => ({
  folder,
  subject: { kind, name },
  role,
});

test('rules are gathered by folder, outer folders first, people before groups', () => {
  const rules = rulesByFolder([
    grant('group', 'all', 'a/b'),
    grant('user', 'cy', ''),
    grant('user', 'cy', 'b'),
    grant('user', 'bob', 'a/b'),
    grant('user', 'bob', 'a'),
    grant('user', 'ann', 'a.b'),
  ]);
  expect(rules.map(({ folder, grants }) => [folder, grants.map(({ subject }) => subject.name)])).toEqual([
    ['a', ['bob']],
    ['a/b', ['bob', 'all']],
    ['a.b', ['ann']],
    ['b', ['cy']],
  ]);
});

test('members are those with a role in the whole space, managers first', () => {
  const members = membersOf([
    grant('group', 'all', ''),
    grant('user', 'cy', '', 'editor'),
    grant('user', 'dan', '', 'manager'),
    grant('user', 'ann', 'a'),
  ]);
  expect(members.map(({ subject }) => subject.name)).toEqual(['dan', 'cy', 'all']);
});
