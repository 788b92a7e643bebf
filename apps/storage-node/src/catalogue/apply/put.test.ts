import type { BlobId, VersionId } from '@netstore/shared-types';
import { unpackBlobRefs } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { AUTHOR, blobRef, hashOf, makeFolder, put, remove, SPACE, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

describe('a put', () => {
  test('makes the file and the folders on the way', () => {
    using catalogue = new ScratchCatalogue();
    const outcome = catalogue.accept(put('docs/2026/report.txt', { refs: [blobRef(1, 70), blobRef(2, 30)] }));
    expect(outcome).toEqual({
      isAccepted: true,
      isCreated: true,
      entry: {
        path: 'docs/2026/report.txt',
        modifiedAtMs: START_MS + 1000,
        replicas: null,
        file: {
          version: '1',
          contentId: 1,
          sizeBytes: 100,
          sha256: hashOf('docs/2026/report.txt'),
          contentType: 'text/plain',
          createdAtMs: START_MS + 1000,
          author: AUTHOR,
        },
      },
    });
    expect(catalogue.tree()).toEqual(['docs/', 'docs/2026/', 'docs/2026/report.txt']);
    expect(catalogue.entry('docs/2026')?.modifiedAtMs).toBe(START_MS + 1000);
  });

  test('of a file that is there makes a new version current and keeps the older ones', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    const outcome = catalogue.accept(put('a', { refs: [blobRef(2, 5)] }));
    expect(outcome.isCreated).toBe(false);
    const { entry, versions } = catalogue.opened.getEntry({ space: SPACE, path: outcome.entry?.path ?? ('' as never), withVersions: true });
    expect(entry?.file?.sizeBytes).toBe(5);
    expect(versions.map(({ version, sizeBytes }) => [version, sizeBytes])).toEqual([
      ['2', 5],
      ['1', 100],
    ]);
  });

  test('marks the folder as changed when a file comes, not when it gets a new version', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a'));
    catalogue.accept(put('docs/a'));
    expect(catalogue.entry('docs')?.modifiedAtMs).toBe(START_MS + 1000);
    catalogue.accept(put('docs/b'));
    expect(catalogue.entry('docs')?.modifiedAtMs).toBe(START_MS + 3000);
  });

  test.each([
    ['a file on the way', 'file/below', 'NS_PATH_IS_FILE'],
    ['a file further up', 'file/further/below', 'NS_PATH_IS_FILE'],
    ['a folder at the path', 'folder', 'NS_PATH_IS_FOLDER'],
    ['the root', '', 'NS_BAD_PATH'],
    ['an empty name', 'a//b', 'NS_BAD_PATH'],
    ['a name that climbs', '../a', 'NS_BAD_PATH'],
    ['a control character', 'a\u0000b', 'NS_BAD_PATH'],
    ['a name of 256 bytes', 'x'.repeat(256), 'NS_BAD_PATH'],
  ])('is rejected for %s and leaves nothing behind', (_, path, code) => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('file'));
    catalogue.accept(makeFolder('folder'));
    const before = catalogue.tree();
    expect(catalogue.codeOf(put(path, { refs: [blobRef(1)] }))).toBe(code);
    expect(catalogue.tree()).toEqual(before);
    expect(catalogue.query('SELECT count(*) FROM blobs')).toBe(0);
  });

  test('accepts a name of 255 bytes and a path 64 levels deep', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.codeOf(put('é'.repeat(127)))).toBe('accepted');
    expect(catalogue.codeOf(put(Array(64).fill('d').join('/')))).toBe('accepted');
    expect(catalogue.codeOf(put(Array(65).fill('d').join('/')))).toBe('NS_BAD_PATH');
  });

  test.each([
    ['any', { kind: 'any' }, 'accepted', 'accepted'],
    ['absent', { kind: 'absent' }, 'accepted', 'NS_PRECONDITION_FAILED'],
    ['present', { kind: 'present' }, 'NS_PRECONDITION_FAILED', 'accepted'],
    ['the version that is there', { kind: 'version', version: '1' as VersionId }, 'NS_PRECONDITION_FAILED', 'accepted'],
    ['another version', { kind: 'version', version: '9' as VersionId }, 'NS_PRECONDITION_FAILED', 'NS_PRECONDITION_FAILED'],
  ] as const)('that expects %s looks at what is there', (_, expected, withoutFile, withFile) => {
    using empty = new ScratchCatalogue();
    expect(empty.codeOf(put('a', { expected }))).toBe(withoutFile);
    using filled = new ScratchCatalogue();
    filled.accept(put('a'));
    expect(filled.codeOf(put('a', { expected }))).toBe(withFile);
  });

  test('a file in the trash is not there', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(remove('a'));
    expect(catalogue.codeOf(put('a', { expected: { kind: 'absent' } }))).toBe('accepted');
  });

  test('is rejected when its blobs do not add up to its size', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.codeOf(put('a', { refs: [blobRef(1, 100)], sizeBytes: 99 }))).toBe('NS_BAD_REQUEST');
    expect(catalogue.codeOf(put('a', { sizeBytes: 1 }))).toBe('NS_BAD_REQUEST');
  });

  test('is rejected when its manifest is malformed', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.codeOf({ ...put('a'), blobs: new Uint8Array(51) })).toBe('NS_BAD_REQUEST');
    expect(catalogue.codeOf({ ...put('a'), blobs: new Uint8Array(52) })).toBe('NS_BAD_REQUEST');
  });

  test('is rejected when it names a known blob with other bytes, of another file or of its own', () => {
    using catalogue = new ScratchCatalogue();
    const otherBytes = { ...blobRef(1), crcTableSha256: hashOf('other') };
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    expect(catalogue.codeOf(put('b', { refs: [otherBytes] }))).toBe('NS_CONFLICT');
    expect(catalogue.codeOf(put('b', { refs: [blobRef(1, 99)] }))).toBe('NS_CONFLICT');
    expect(catalogue.codeOf(put('b', { refs: [blobRef(2), { ...blobRef(2), lengthBytes: 7 }] }))).toBe('NS_CONFLICT');
    expect(catalogue.codeOf(put('b', { refs: [blobRef(1), blobRef(3), blobRef(1)] }))).toBe('accepted');
    expect(catalogue.rows('SELECT hex(blobId) AS id, refs FROM blobs WHERE refs > 1')).toEqual([{ id: '1'.padStart(32, '0'), refs: 3 }]);
  });

  test('that is rejected lets its blobs go, except those that a content refers to', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    const refs = [blobRef(1), blobRef(2), blobRef(3), blobRef(2)];
    const { outcome, discarded } = catalogue.apply(put('a/b', { refs }));
    expect(outcome.isAccepted).toBe(false);
    expect(discarded).toEqual([blobRef(2).blobId, blobRef(3).blobId]);
    expect(catalogue.codeOf(put('c', { refs }))).toBe('NS_CONFLICT');
  });

  test('records as debt only those of its blobs that are missing here', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(1, 10), blobRef(2, 20)] }), {}, [blobRef(2).blobId, 'f'.repeat(32) as BlobId]);
    expect(catalogue.opened.debt()).toEqual({ blobs: 1, bytes: 20, heldSeq: 0 });
    catalogue.apply(put('a/b', { refs: [blobRef(3)] }), {}, [blobRef(3).blobId]);
    expect(catalogue.opened.debt().blobs).toBe(1);
  });

  test('keeps the manifest of a large file in runs, whole and in order', () => {
    using catalogue = new ScratchCatalogue();
    const refs = Array.from({ length: 2500 }, (_, index) => blobRef(index + 1, 10));
    catalogue.accept(put('big', { refs }));
    expect(catalogue.query('SELECT count(*) FROM manifests')).toBe(3);
    const packed = catalogue.opened.blobsOf(1) ?? [];
    expect(packed.flatMap(unpackBlobRefs).map((ref) => ref.blobId)).toEqual(refs.map((ref) => ref.blobId));
  });
});
