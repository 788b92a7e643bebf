import type { FilePath, VersionId } from '@netstore/shared-types';
import { unpackBlobRefs } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { blobRef, makeFolder, put, SPACE, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const fileAt = (catalogue: ScratchCatalogue, path: string, version: string | null = null, firstByte = 0) =>
  catalogue.opened.getFile({ space: SPACE, path: path as FilePath, version: version as VersionId | null, firstByte });

describe('a file', () => {
  test('is read at its current version, or at one that is named', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1, 10)] }));
    catalogue.accept(put('a', { refs: [blobRef(2, 20)] }));
    expect(fileAt(catalogue, 'a')).toMatchObject({
      isFolder: false,
      entry: { file: { version: '2', sizeBytes: 20 } },
      manifest: { contentId: 2 },
    });
    expect(fileAt(catalogue, 'a', '1')).toMatchObject({
      entry: { modifiedAtMs: START_MS + 1000, file: { sizeBytes: 10 } },
      manifest: { contentId: 1 },
    });
  });

  test.each(['9', '2-1', '02', 'zzzzzzzzzzzzz'])('has no version "%s"', (version) => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('b'));
    catalogue.accept(put('a'));
    expect(fileAt(catalogue, 'a', version)).toEqual({ isFolder: false, entry: null, manifest: null });
  });

  test('is told from a folder and from nothing', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(makeFolder('folder'));
    catalogue.accept(put('file'));
    expect(fileAt(catalogue, 'folder')).toEqual({ isFolder: true, entry: null, manifest: null });
    expect(fileAt(catalogue, '').isFolder).toBe(true);
    expect(fileAt(catalogue, 'absent')).toEqual({ isFolder: false, entry: null, manifest: null });
    expect(fileAt(catalogue, 'file/below')).toEqual({ isFolder: false, entry: null, manifest: null });
  });

  test('without bytes has an empty manifest', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('empty'));
    expect(fileAt(catalogue, 'empty').manifest).toEqual({ contentId: 1, offsetBytes: 0, blobs: new Uint8Array() });
  });
});

describe('a manifest', () => {
  const refs = Array.from({ length: 2500 }, (_, index) => blobRef(index + 1, 10));

  test.each([
    ['the first byte', 0, 0, 1024],
    ['a byte within the first blob', 9, 0, 1024],
    ['the first byte of the second', 10, 10, 1023],
    ['the last blob of a run', 10_239, 10_230, 1],
    ['the first blob of the next run', 10_240, 10_240, 1024],
    ['the last byte', 24_999, 24_990, 1],
    ['behind the end', 25_000, 25_000, 0],
    ['far behind the end', 1_000_000, 25_000, 0],
  ])('begins with the blob that holds %s', (_, firstByte, offsetBytes, count) => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('big', { refs }));
    const page = catalogue.opened.getManifest(1, firstByte);
    expect(page?.offsetBytes).toBe(offsetBytes);
    const blobs = unpackBlobRefs(page?.blobs ?? new Uint8Array());
    expect(blobs.map((blob) => blob.blobId)).toEqual(refs.slice(offsetBytes / 10, offsetBytes / 10 + count).map((ref) => ref.blobId));
  });

  test('is whole when its pages are read one after the other', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('big', { refs }));
    const read: string[] = [];
    for (let at = 0; at < 25_000; ) {
      const page = catalogue.opened.getManifest(1, at);
      const blobs = unpackBlobRefs(page?.blobs ?? new Uint8Array());
      read.push(...blobs.map((blob) => blob.blobId));
      at = (page?.offsetBytes ?? 0) + blobs.length * 10;
    }
    expect(read).toEqual(refs.map((ref) => ref.blobId));
  });

  test('of a content that is not there is null', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.opened.getManifest(7, 0)).toBeNull();
    expect(catalogue.opened.blobsOf(7)).toBeNull();
  });
});
