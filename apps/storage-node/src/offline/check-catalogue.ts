/** The catalogue, in a copy: SQLite's own check, whether its tables fit together, and whether they are what its digest says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';
import type { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { contradictionsOf } from '../catalogue/queries/contradictions.ts';
import { type Finding, note, problem, REPLACE_DISK, START_NODE } from './finding.ts';

/** Between two looks at whether somebody wants this to end. */
const SLICE_MS = 200;

export async function* checkCatalogue(copy: CatalogueCopy, path: string, signal: AbortSignal): AsyncGenerator<Finding> {
  for (const what of copy.damage) yield problem(path, what, { wayOut: START_NODE });
  if (copy.damage.length > 0) return;
  if (copy.isToBeMade) {
    yield note(path, 'It is not there, or of an older program: the node makes it anew from its log', START_NODE);
    return;
  }
  for (const what of contradictionsOf(copy.database))
    yield problem(path, `Its tables contradict each other: ${what}`, { wayOut: REPLACE_DISK });
  const difference = await proveRows(copy, signal);
  if (difference !== undefined) yield problem(path, difference, { wayOut: START_NODE });
}

/** The digest was kept with every row that was written: rows that are something else now are found by it. */
async function proveRows({ opened }: CatalogueCopy, signal: AbortSignal): Promise<string | undefined> {
  try {
    for (let isFirst = true; !opened.proveRows(isFirst, SLICE_MS).isDone; isFirst = false) {
      await nextTurn();
      signal.throwIfAborted();
    }
    return undefined;
  } catch (error) {
    if (error instanceof NetStoreError && error.code === 'NS_CATALOGUE_DAMAGED') return error.message;
    throw error;
  }
}
