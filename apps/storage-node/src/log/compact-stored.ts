/** Lets go of the beginning of the log: first it is written down where the log begins from now on, then the files go. */
import { dirname } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { dropRuns } from './epoch-runs.ts';
import { writeBase } from './log-base.ts';
import type { Recovery } from './recover-log.ts';
import type { StoredLog } from './stored-log.ts';

export async function compactStored(log: StoredLog, count: number, { folder, durability }: Recovery): Promise<void> {
  const going = log.segments.slice(0, Math.min(count, log.segments.length - 1));
  const last = going.at(-1);
  if (last === undefined) return;
  const position = await log.positionAt(last.lastSeq);
  const epoch = log.epochAt(last.lastSeq);
  if (position === undefined || epoch === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no record ${last.lastSeq}`);
  await writeBase(dirname(last.path), { position, epoch }, durability);
  log.cutCount += 1;
  log.base = { position, epoch };
  log.segments.splice(0, going.length);
  dropRuns(log.epochs, position.seq + 1);
  for (const segment of going) await segment.remove();
  await folder.sync();
}
