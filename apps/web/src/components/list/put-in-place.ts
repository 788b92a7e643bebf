/** Puts an entry to a place of the tree, by move or restore, and makes the page know it there. */
import type { Entry, IfExists } from '@netstore/shared-types';
import { ApiProblem } from '../../api/api-problem.ts';
import type { AskClash } from '../../api/clash-questions.ts';
import { entryOf } from '../../api/entry-of.ts';
import type { NetStore } from '../../net-store.ts';

export interface Putting {
  readonly space: string;
  readonly kind: Entry['kind'];
  readonly to: string;
  readonly ask: AskClash;
  /** Does it at the server. */
  readonly put: (ifExists: IfExists) => Promise<Entry>;
}

/** Where something is in the way, does what the user answers; resolves with `undefined` when that is to leave it. */
export async function putInPlace(netStore: NetStore, { space, kind, to, ask, put }: Putting): Promise<Entry | undefined> {
  try {
    return takeOver(netStore, space, await put('fail'));
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.code !== 'NS_ALREADY_EXISTS') throw thrown;
    const existing = entryOf(await netStore.files.detail(space, to));
    const choice = await ask({ space, kind, existing });
    return choice === 'skip' ? undefined : takeOver(netStore, space, await put(choice));
  }
}

/** The page knows the entry as the server describes it. */
export function takeOver({ listings, queries }: NetStore, space: string, entry: Entry): Entry {
  listings.put(space, entry);
  void queries.invalidateQueries({ queryKey: ['detail', space, entry.path] });
  // Another folder may have been at this path before.
  if (entry.kind === 'folder') void queries.invalidateQueries({ queryKey: ['entries', space, entry.path] });
  return entry;
}
