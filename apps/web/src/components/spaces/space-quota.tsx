import type { SpaceDetail } from '@netstore/shared-types';
import { formatSize } from '../../format/size.ts';

/** How much a space may take. Nothing is said of one that may take what there is. */
export function SpaceQuota({ space: { bytesMax } }: { readonly space: SpaceDetail }) {
  return bytesMax === null ? null : <p className="space-quota">Quota {formatSize(bytesMax)}</p>;
}
