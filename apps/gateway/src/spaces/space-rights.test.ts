import { newApiKeyId, newUserId, type SpaceAccess } from '@netstore/shared-types';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Outdated } from '../auth/outdated.ts';
import type { Holder } from '../auth/principal.ts';
import { SpaceRights } from './space-rights.ts';

const ALICE = { userId: newUserId(), username: 'alice' };
const BOB = { userId: newUserId(), username: 'bob' };
const ofAlice: Holder = { kind: 'key', id: newApiKeyId() };
const ofBob: Holder = { kind: 'key', id: newApiKeyId() };

describe('what is known of the rights of others stays known', () => {
  let asked: string[];
  let rights: SpaceRights;
  const accessOf = (holder: Holder, name: string): SpaceAccess => ({
    ...(holder === ofAlice ? ALICE : BOB),
    space: { id: '0'.repeat(32), name, kind: 'shared', owner: 'alice', role: 'viewer' },
    isOwner: false,
    rules: [{ folder: '', role: 'viewer', by: { kind: 'group', name: 'crew' } }],
    cuts: [],
    quotas: [],
  });
  const look = async (): Promise<string[]> => {
    asked = [];
    for (const holder of [ofAlice, ofBob]) for (const space of ['team', 'home']) await rights.grantTo(holder, space, 'read');
    return asked;
  };
  beforeEach(async () => {
    const spaceAccessOf = async (holder: Holder, space: string): Promise<SpaceAccess> => {
      asked.push(`${holder === ofAlice ? 'alice' : 'bob'} ${space}`);
      return accessOf(holder, space);
    };
    rights = new SpaceRights({ spaceAccessOf } as Partial<AuthClient> as AuthClient);
    await look();
    expect(await look()).toEqual([]);
  });

  test.each<[string, Outdated, string[]]>([
    ['rules of a space change', { kind: 'space', name: 'team' }, ['alice team', 'bob team']],
    ['somebody joins or leaves a group', { kind: 'member', username: 'bob' }, ['bob team', 'bob home']],
    ['a key ends', { kind: 'holder', holder: ofAlice }, ['alice team', 'alice home']],
    ['somebody is disabled', { kind: 'user', userId: BOB.userId }, ['bob team', 'bob home']],
    ['a group is deleted', { kind: 'all' }, ['alice team', 'alice home', 'bob team', 'bob home']],
  ])('when %s', async (_what, outdated, again) => {
    rights.forget(outdated);
    expect(await look()).toEqual(again);
  });
});
