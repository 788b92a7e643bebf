/** What a node looks at before it trusts its disk: the log, the mark and the catalogue have to be of one history. */
import type { SimDisk } from '../world/disk.ts';
import { LOG_START } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';

/** Throws `NS_LOG_DAMAGED` when they are not, as `requireSameMark` and `requireSameHistory` do. */
export function requireOneHistory({ log, vote, catalogue, last }: SimDisk): void {
  const { mark } = vote;
  const atMark = mark.seq === 0 ? LOG_START : log[mark.seq - 1];
  if (atMark !== undefined && atMark.hash !== mark.hash)
    throw new SimError('NS_LOG_DAMAGED', `record ${mark.seq} is not the one that was acknowledged`);
  if (catalogue.seq > last.seq && mark.seq > last.seq) return;
  const shown = catalogue.seq === 0 ? LOG_START : log[catalogue.seq - 1];
  if (shown === undefined || shown.hash !== catalogue.hash)
    throw new SimError(
      'NS_LOG_DAMAGED',
      `the catalogue shows record ${catalogue.seq}, and the log ${shown === undefined ? `ends at ${last.seq}` : 'has another'}`,
    );
}
