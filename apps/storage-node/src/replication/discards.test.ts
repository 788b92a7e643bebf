import type { BlobId } from '@netstore/shared-types';
import { unpackBlobIds } from '@netstore/wire-protocol';
import { expect, test } from 'vitest';
import type { OperationPayload } from '../log/payload.ts';
import { Discards } from './discards.ts';
import type { Replicator } from './replicator.ts';

const [one, two] = ['1'.repeat(32), '2'.repeat(32)] as [BlobId, BlobId];

/** Discards whose proposals are committed when the test says so. */
function discards() {
  const proposed: BlobId[][] = [];
  const commit = Promise.withResolvers<void>();
  const propose = async ({ operation }: OperationPayload): Promise<void> => {
    if (operation.kind === 'discard') proposed.push(unpackBlobIds(operation.blobIds));
    await commit.promise;
  };
  const replicator = { propose } as unknown as Replicator;
  return { subject: new Discards(replicator), proposed, commit };
}

test('a blob that is being let go takes part in no operation and no upload', async () => {
  const { subject, commit } = discards();
  const going = subject.discard([one]);
  expect(() => subject.refuse(one)).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
  expect(() => subject.hold([two, one])).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
  commit.resolve();
  await going;
  subject.refuse(one);
});

test('a blob that an operation on its way refers to is not let go: the file would be committed without its bytes', async () => {
  const { subject, proposed, commit } = discards();
  commit.resolve();
  const [first, second] = [subject.hold([one]), subject.hold([one])];
  await subject.discard([one, two]);
  first[Symbol.dispose]();
  await subject.discard([one]);
  expect(proposed).toEqual([[two]]);
  second[Symbol.dispose]();
  await subject.discard([one]);
  expect(proposed).toEqual([[two], [one]]);
});
