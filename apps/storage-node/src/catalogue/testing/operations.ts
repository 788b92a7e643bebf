/** Random operations that meet each other: few names, few blobs, few versions. */
import type { VersionId } from '@netstore/shared-types';
import type { Expected, Operation } from '@netstore/wire-protocol';
import fc from 'fast-check';
import { blobRef, copy, discard, hashOf, makeFolder, move, put, remove } from './record-chain.ts';

const name = fc.constantFrom('a', 'b', 'B', 'é');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const ifExists = fc.constantFrom('fail', 'replace', 'keep-both');
const ref = fc
  .record({ number: fc.integer({ min: 1, max: 30 }), isOther: fc.integer({ max: 19, min: 0 }).map((roll) => roll === 0) })
  .map(({ number, isOther }) => (isOther ? { ...blobRef(number), crcTableSha256: hashOf('other') } : blobRef(number, number)));
const expected: fc.Arbitrary<Expected> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Expected>({ kind: 'any' }) },
  { weight: 1, arbitrary: fc.constantFrom<Expected>({ kind: 'absent' }, { kind: 'present' }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 20 }).map((seq) => ({ kind: 'version', version: seq.toString(36) as VersionId }) as const),
  },
);

export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(path, fc.array(ref, { maxLength: 3 }), expected).map(([at, refs, expects]) => put(at, { refs, expected: expects })),
  },
  { weight: 1, arbitrary: path.map((at) => makeFolder(at)) },
  { weight: 2, arbitrary: fc.tuple(path, path, ifExists).map((args) => move(...args)) },
  { weight: 2, arbitrary: fc.tuple(path, path, ifExists).map((args) => copy(...args)) },
  { weight: 2, arbitrary: fc.tuple(path, expected).map((args) => remove(...args)) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })
      .map((numbers) => discard(numbers.map((number) => blobRef(number).blobId))),
  },
);
