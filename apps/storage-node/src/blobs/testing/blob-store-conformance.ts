/** What every store of blobs does. Run against the disk's and memory's. */
import { describeDamage, describePlaces, describeRoom, describeUnlinking } from './conform-keeping.ts';
import { describeProving } from './conform-proving.ts';
import { describeReading } from './conform-reading.ts';
import { describeRefusals, describeWriting } from './conform-writing.ts';
import type { StoreKind } from './store-kind.ts';

export function describeBlobStore(kind: StoreKind): void {
  describeReading(kind);
  describeRefusals(kind);
  describeWriting(kind);
  describePlaces(kind);
  describeUnlinking(kind);
  describeDamage(kind);
  describeProving(kind);
  describeRoom(kind);
}
