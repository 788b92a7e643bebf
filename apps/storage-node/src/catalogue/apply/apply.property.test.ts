import type { FilePath } from '@netstore/shared-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHOICE_END, CHOICES, operationOf } from '../testing/operations.ts';
import { AUTHOR, SPACE } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';
import { type ModelVersion, TreeModel } from '../testing/tree-model.ts';

const choices = fc.array(fc.nat(CHOICE_END - 1), { minLength: CHOICES, maxLength: CHOICES });
const operations = fc.array(
  choices.map((numbers) => operationOf(numbers)),
  { minLength: 1, maxLength: 40 },
);

function versionsOf(catalogue: ScratchCatalogue, path: string): ModelVersion[] {
  const { versions } = catalogue.opened.getEntry({ space: SPACE, path: path as FilePath, withVersions: true });
  return versions.map(({ version, contentId, sizeBytes }) => ({ version, contentId, sizeBytes }));
}

/** Counters that are kept must equal what counting gives (invariant 18). */
function expectCountersToAddUp(catalogue: ScratchCatalogue): void {
  expect(catalogue.rows('SELECT contentId, refs FROM contents')).toEqual(
    catalogue.rows('SELECT contentId, count(*) AS refs FROM versions GROUP BY contentId ORDER BY contentId'),
  );
  expect(catalogue.rows('SELECT sum(bytes) AS bytes, sum(files) AS files FROM spaces')).toEqual(
    catalogue
      .rows(`SELECT (SELECT sum(sizeBytes) FROM versions JOIN contents USING (contentId)) AS bytes,
      CASE WHEN EXISTS (SELECT 1 FROM spaces) THEN (SELECT count(*) FROM entries WHERE isFile = 1) END AS files`)
      .map((row) => {
        const { bytes, files } = row as { bytes: number | null; files: number | null };
        return { bytes: bytes ?? (files === null ? null : 0), files };
      }),
  );
  const named = catalogue.rows('SELECT blobs FROM manifests').flatMap((row) => {
    const hex = Buffer.from((row as { blobs: Uint8Array }).blobs).toString('hex');
    return hex.match(/.{104}/g)?.map((ref) => ref.slice(0, 32)) ?? [];
  });
  const counted = Map.groupBy(named, (id) => id);
  const kept = catalogue.rows('SELECT lower(hex(blobId)) AS id, refs FROM blobs') as { id: string; refs: number }[];
  expect(new Map(kept.map(({ id, refs }) => [id, refs]))).toEqual(new Map([...counted].map(([id, ids]) => [id, ids.length])));
}

function idsOf(catalogue: ScratchCatalogue, table: string): string[] {
  return catalogue.rows(`SELECT lower(hex(blobId)) AS id FROM ${table} ORDER BY id`).map((row) => (row as { id: string }).id);
}

/** No file is unlinked that anything refers to (invariant 13). */
function expectUnlinksToBeGone(catalogue: ScratchCatalogue): void {
  const kept = new Set(idsOf(catalogue, 'blobs'));
  const gone = new Set(idsOf(catalogue, 'gone_blobs'));
  for (const id of idsOf(catalogue, 'unlinks')) expect([kept.has(id), gone.has(id)]).toEqual([false, true]);
}

/** Every folder's bounds cover what is below it. */
function expectBoundsToHold(catalogue: ScratchCatalogue): void {
  const uncovered = catalogue.rows(`WITH RECURSIVE below (top, id, levels, bytes) AS (
      SELECT parentId, id, 1, octet_length(name) FROM entries WHERE parentId IS NOT NULL
      UNION ALL SELECT f.parentId, b.id, levels + 1, bytes + 1 + octet_length(f.name)
      FROM below b JOIN entries f ON f.id = b.top WHERE f.parentId IS NOT NULL)
    SELECT * FROM below b JOIN entries e ON e.id = b.top WHERE e.levelsBelow < b.levels OR e.bytesBelow < b.bytes`);
  expect(uncovered).toEqual([]);
}

describe('any sequence of operations', () => {
  test('does to the catalogue what it does to a simple model (invariants 11, 18)', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.array(choices, { minLength: 1, maxLength: 50 }), (sequence) => {
        using catalogue = new ScratchCatalogue();
        const model = new TreeModel();
        for (const [index, numbers] of sequence.entries()) {
          const operation = operationOf(numbers, [...model.trash.keys()]);
          expect(catalogue.codeOf(operation)).toBe(model.apply(operation, index + 1));
        }
        expect(
          catalogue
            .tree()
            .map((path) => path.replace(/\/$/, ''))
            .sort(),
        ).toEqual([...model.nodes.keys()].sort());
        for (const [path, node] of model.nodes) expect(versionsOf(catalogue, path)).toEqual(node ?? []);
        expect(catalogue.rows('SELECT contentId, refs FROM contents').map((row) => Object.values(row as object))).toEqual(
          [...model.stored.contents].map(([contentId, { refs }]) => [contentId, refs]).sort(([a = 0], [b = 0]) => a - b),
        );
        expect(catalogue.rows('SELECT trashId, path FROM trash').map((row) => Object.values(row as object))).toEqual(
          [...model.trash].map(([trashId, { path }]) => [trashId, path]).sort(([a], [b]) => Number(a) - Number(b)),
        );
        expect(idsOf(catalogue, 'gone_blobs')).toEqual([...model.stored.gone].sort());
        expectUnlinksToBeGone(catalogue);
        expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual(
          catalogue.query('SELECT count(*) FROM spaces') === 0 ? [] : [{ bytes: model.bytes, files: model.files }],
        );
        expectCountersToAddUp(catalogue);
        expectBoundsToHold(catalogue);
      }),
      { numRuns: 150 },
    );
  });

  test('that are rejected change nothing but the record of outcomes (invariant 20)', { timeout: 120_000 }, () => {
    const tables = ['spaces', 'entries', 'versions', 'trash', 'contents', 'unlinks', 'manifests', 'blobs', 'missing_blobs'];
    fc.assert(
      fc.property(operations, (sequence) => {
        using catalogue = new ScratchCatalogue();
        for (const operation of sequence) {
          const before = tables.map((table) => catalogue.rows(`SELECT * FROM ${table}`));
          const { outcome } = catalogue.apply(operation);
          if (!outcome.isAccepted) expect(tables.map((table) => catalogue.rows(`SELECT * FROM ${table}`))).toEqual(before);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('gives the same digest in whatever groups it is applied (invariant 15)', { timeout: 120_000 }, () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(operations, cuts, cuts, (sequence, ...groupings) => {
        const digests = groupings.map((grouping) => {
          using catalogue = new ScratchCatalogue();
          catalogue.chain.newEpoch(1);
          for (const operation of sequence) catalogue.chain.operation(operation, { retentionMs: 3000 });
          const { records } = catalogue.chain;
          let at = 0;
          for (const length of grouping) {
            catalogue.applyRecords(records.slice(at, at + length), [
              ...new Set(sequence.map((_, index) => String(index).padStart(32, '0'))),
            ] as never);
            at += length;
          }
          expect(catalogue.opened.state.applied.seq).toBe(records.length);
          return catalogue.opened.digest();
        });
        expect(digests[0]).toBe(digests[1]);
      }),
      { numRuns: 40 },
    );
  });

  test('that differs in one thing has another digest', () => {
    const digestAfter = (author: string, time: number): string => {
      using catalogue = new ScratchCatalogue();
      catalogue.chain.newEpoch(1);
      catalogue.chain.operation({ kind: 'make-folder', space: SPACE, path: author as FilePath }, { timeMs: time });
      catalogue.applyRecords(catalogue.chain.records);
      return catalogue.opened.digest();
    };
    expect(digestAfter(AUTHOR, 1)).toBe(digestAfter(AUTHOR, 1));
    expect(digestAfter(AUTHOR, 1)).not.toBe(digestAfter(AUTHOR, 2));
    expect(digestAfter(AUTHOR, 1)).not.toBe(digestAfter('x', 1));
  });
});
