/** Walks a manifest from the blob that holds a byte to the blob that holds another, page by page. */
import { NetStoreError } from '@netstore/shared-types';
import { type BlobRef, type ManifestPage, unpackBlobRefs } from '@netstore/wire-protocol';
import type { ByteRange } from './byte-range.ts';

export interface PlacedBlob extends BlobRef {
  /** Where in the file its first byte is. */
  readonly offsetBytes: number;
}

export interface ManifestWalk {
  /** A page that is known already. */
  readonly known: ManifestPage;
  /** The page that holds this byte of the same content. */
  readonly fetchPage: (firstByte: number) => Promise<ManifestPage>;
}

/** The blobs that hold bytes of `range`, in order. Throws `NS_INTERNAL` when the manifest has a gap. */
export async function* walkManifest({ known, fetchPage }: ManifestWalk, range: ByteRange): AsyncGenerator<PlacedBlob> {
  let page = known;
  for (let next = range.first; next <= range.last; ) {
    const covering = placeBlobs(page).filter(
      ({ offsetBytes, lengthBytes }) => next < offsetBytes + lengthBytes && offsetBytes <= range.last,
    );
    if (covering[0] === undefined || covering[0].offsetBytes > next) {
      if (page !== known) throw new NetStoreError('NS_INTERNAL', `Manifest of content ${known.contentId} has no byte ${next}`);
      page = await fetchPage(next);
      continue;
    }
    for (const blob of covering) {
      yield blob;
      next = blob.offsetBytes + blob.lengthBytes;
    }
    if (next <= range.last) page = await fetchPage(next);
  }
}

function placeBlobs({ offsetBytes, blobs }: ManifestPage): PlacedBlob[] {
  let at = offsetBytes;
  return unpackBlobRefs(blobs).map((blob) => {
    const placed = { ...blob, offsetBytes: at };
    at += blob.lengthBytes;
    return placed;
  });
}
