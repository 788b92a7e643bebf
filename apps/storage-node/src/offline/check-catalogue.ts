/** The catalogue, in a copy: SQLite's own check, and whether its tables fit together. */
import type { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { contradictionsOf } from '../catalogue/queries/contradictions.ts';
import { type Finding, note, problem, REPLACE_DISK, START_NODE } from './finding.ts';

export function* checkCatalogue(copy: CatalogueCopy, path: string): Generator<Finding> {
  if (copy.isAbsent) {
    yield note(path, 'It is not there: the node makes it anew from its log', START_NODE);
    return;
  }
  for (const what of copy.damage) yield problem(path, what, { wayOut: START_NODE });
  if (copy.damage.length > 0) return;
  for (const what of contradictionsOf(copy.database))
    yield problem(path, `Its tables contradict each other: ${what}`, { wayOut: REPLACE_DISK });
}
