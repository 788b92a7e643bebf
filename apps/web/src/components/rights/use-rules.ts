/** Changing the rules of a space: at the server, then everywhere on the page, then told with a way back. */
import type { Grant, GrantRole } from '@netstore/shared-types';
import { useState } from 'react';
import { useNetStore } from '../../net-store.ts';
import { useSpaceChanges } from '../spaces/use-space-changes.ts';
import { GRANT_ROLE_WORDS, placeWords } from './right-words.ts';

export interface Rules {
  /** Rejects with the reason. */
  readonly give: (grant: Grant) => Promise<void>;
  /** null takes the rule away. What goes wrong is told. */
  readonly change: (grant: Grant, role: GrantRole | null) => Promise<void>;
  readonly isBusy: boolean;
}

export function useRules(space: string): Rules {
  const { notices, spaces } = useNetStore();
  const renew = useSpaceChanges();
  const [isBusy, setIsBusy] = useState(false);
  const put = async (grant: Grant, role: GrantRole | null): Promise<void> => {
    if (role === null) await spaces.take(space, grant);
    else await spaces.give(space, { ...grant, role });
    renew();
  };
  const telling = async (grant: Grant, role: GrantRole | null): Promise<boolean> => {
    setIsBusy(true);
    try {
      await put(grant, role);
      return true;
    } catch (thrown) {
      notices.problem(`The role of ${grant.subject.name} was not changed.`, thrown);
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  return {
    give: async (grant) => {
      await put(grant, grant.role);
      notices.done(`${grant.subject.name} is given: ${GRANT_ROLE_WORDS[grant.role].name}, in ${placeWords(grant.folder)}.`);
    },
    change: async (grant, role) => {
      if (!(await telling(grant, role))) return;
      const words = role === null ? 'is taken away' : `is ${GRANT_ROLE_WORDS[role].name} now`;
      const undo = (): void => void telling(grant, grant.role);
      notices.done(`The role of ${grant.subject.name} in ${placeWords(grant.folder)} ${words}.`, { label: 'Undo', onSelect: undo });
    },
    isBusy,
  };
}
