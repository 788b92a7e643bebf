import { cp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newClusterId, newIncarnation, parseNodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { writeIdentity } from './identity.ts';
import { VoteStore } from './vote.ts';
import { encodeVote, parseVote, VOTE_FILE_BYTES, VOTE_SLOT_BYTES, VOTE_SLOT_OFFSETS } from './vote-slot.ts';

const ONE = parseNodeId('node-1');
const TWO = parseNodeId('node-2');
const hash = (fill: number): Buffer => Buffer.alloc(32, fill);

describe('a vote', () => {
  test('reads back what was written, in a slot of fixed size', () => {
    const vote = { epoch: 7, candidate: ONE, acknowledged: { seq: 9, hash: hash(3) }, generation: 12 };
    const bytes = encodeVote(vote);
    expect(bytes.length).toBe(VOTE_SLOT_BYTES);
    expect(parseVote(bytes)).toEqual(vote);
  });

  test('is refused with any bit flipped and at any shorter length', () => {
    const bytes = encodeVote({ epoch: 7, candidate: ONE, acknowledged: { seq: 9, hash: hash(3) }, generation: 12 });
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      expect(parseVote(flipped)).toBeUndefined();
      expect(parseVote(bytes.subarray(0, at))).toBeUndefined();
    }
  });
});

describe('a store of votes', () => {
  test('starts without promise or acknowledgement', async () => {
    await using dir = await makeTempDir();
    await using votes = await VoteStore.open(dir.path);
    expect(votes.current).toMatchObject({ epoch: 0, candidate: null, acknowledged: { seq: 0 } });
    expect(Buffer.from(votes.current.acknowledged.hash)).toEqual(hash(0));
    expect((await readFile(join(dir.path, 'VOTE.a'))).length).toBe(VOTE_FILE_BYTES);
    expect((await readFile(join(dir.path, 'VOTE.b'))).length).toBe(VOTE_FILE_BYTES);
  });

  test('promises only higher epochs, or the same pair again', async () => {
    await using dir = await makeTempDir();
    {
      await using votes = await VoteStore.open(dir.path);
      await votes.promise(7, ONE);
      await votes.promise(7, ONE);
      await expect(votes.promise(4, ONE)).rejects.toThrow('Epoch is too old: requested 4, promised 7');
      await expect(votes.promise(4, ONE)).rejects.toMatchObject({ code: 'NS_FENCED' });
      await expect(votes.promise(7, TWO)).rejects.toMatchObject({ code: 'NS_FENCED' });
    }
    await using votes = await VoteStore.open(dir.path);
    expect(votes.current).toMatchObject({ epoch: 7, candidate: ONE });
    await expect(votes.promise(7, TWO)).rejects.toMatchObject({ code: 'NS_FENCED' });
    await votes.promise(8, TWO);
    expect(votes.current).toMatchObject({ epoch: 8, candidate: TWO });
  });

  test('gives one epoch to one of two candidates that ask at the same time', async () => {
    await using dir = await makeTempDir();
    await using votes = await VoteStore.open(dir.path);
    const answers = await Promise.allSettled([votes.promise(3, ONE), votes.promise(3, TWO)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(votes.current.candidate).toBe(ONE);
  });

  test('never lets the mark fall unless told to', async () => {
    await using dir = await makeTempDir();
    {
      await using votes = await VoteStore.open(dir.path);
      await votes.acknowledge({ seq: 5, hash: hash(5) });
      await votes.acknowledge({ seq: 4, hash: hash(4) });
      expect(votes.current.acknowledged).toEqual({ seq: 5, hash: hash(5) });
      await expect(votes.acknowledge({ seq: 5, hash: hash(6) })).rejects.toMatchObject({ code: 'NS_CONFLICT' });
      await votes.acknowledge({ seq: 2, hash: hash(2) }, { allowLower: true });
    }
    await using votes = await VoteStore.open(dir.path);
    expect(votes.current.acknowledged).toEqual({ seq: 2, hash: hash(2) });
  });

  test('makes one write of the acknowledgements that wait together', async () => {
    await using dir = await makeTempDir();
    await using votes = await VoteStore.open(dir.path);
    const before = votes.current.generation;
    await Promise.all(Array.from({ length: 100 }, (_, index) => votes.acknowledge({ seq: index + 1, hash: hash(index) })));
    expect(votes.current.acknowledged).toEqual({ seq: 100, hash: hash(99) });
    expect(votes.current.generation).toBe(before + 1);
  });

  test('keeps promise and mark apart when both are asked for at once', async () => {
    await using dir = await makeTempDir();
    {
      await using votes = await VoteStore.open(dir.path);
      await Promise.all([
        votes.acknowledge({ seq: 1, hash: hash(1) }),
        votes.promise(2, TWO),
        votes.acknowledge({ seq: 3, hash: hash(3) }),
      ]);
    }
    await using votes = await VoteStore.open(dir.path);
    expect(votes.current).toMatchObject({ epoch: 2, candidate: TWO, acknowledged: { seq: 3, hash: hash(3) } });
  });

  test('refuses work once it is closed', async () => {
    await using dir = await makeTempDir();
    const votes = await VoteStore.open(dir.path);
    const promised = votes.promise(1, ONE);
    await votes[Symbol.asyncDispose]();
    await promised;
    await expect(votes.promise(2, ONE)).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
  });
});

/** A directory with a promise and `acknowledgements` more writes after it, so that the newest slot is each of the four in turn. */
async function votedDirectory(path: string, acknowledgements: number): Promise<void> {
  await using votes = await VoteStore.open(path);
  await votes.promise(9, TWO);
  for (let seq = 1; seq <= acknowledgements; seq += 1) await votes.acknowledge({ seq, hash: hash(seq) });
}

describe('with one file damaged', () => {
  const damages: [string, (file: string) => Promise<void>][] = [
    ['overwritten with zeros', (file) => writeFile(file, Buffer.alloc(VOTE_FILE_BYTES))],
    ['overwritten with noise', (file) => writeFile(file, Buffer.alloc(VOTE_FILE_BYTES, 0xa5))],
    ['cut to nothing', (file) => truncate(file, 0)],
    ['cut in the middle of a slot', (file) => truncate(file, 200)],
    ['removed', (file) => rm(file)],
  ];
  for (const [what, damage] of damages) {
    test.each(['VOTE.a', 'VOTE.b'])(`the promise is still there after %s was ${what}, wherever the newest vote stood`, async (file) => {
      for (let acknowledgements = 0; acknowledgements < 4; acknowledgements += 1) {
        await using dir = await makeTempDir();
        await votedDirectory(dir.path, acknowledgements);
        await damage(join(dir.path, file));
        await using votes = await VoteStore.open(dir.path);
        expect(votes.current).toMatchObject({ epoch: 9, candidate: TWO });
        expect(votes.current.acknowledged.seq).toBeGreaterThanOrEqual(Math.max(0, acknowledgements - 1));
        expect(votes.damagedFiles).toEqual(what === 'removed' ? [] : [file]);
        await votes.acknowledge({ seq: 10, hash: hash(10) });
      }
    });
  }

  test('a bit flipped in any one slot costs at most the newest mark', async () => {
    for (const file of ['VOTE.a', 'VOTE.b']) {
      for (const offset of VOTE_SLOT_OFFSETS) {
        await using dir = await makeTempDir();
        await votedDirectory(dir.path, 3);
        await overwrite(join(dir.path, file), offset + 100, Buffer.from([0xff]));
        await using votes = await VoteStore.open(dir.path);
        expect(votes.current).toMatchObject({ epoch: 9, candidate: TWO });
        expect(votes.current.acknowledged.seq).toBeGreaterThanOrEqual(2);
      }
    }
  });
});

describe('with nothing left to read', () => {
  test('a node that has voted refuses to start, says the way out and changes nothing', async () => {
    await using dir = await makeTempDir();
    await votedDirectory(dir.path, 2);
    for (const file of ['VOTE.a', 'VOTE.b']) await writeFile(join(dir.path, file), Buffer.alloc(VOTE_FILE_BYTES, 1));
    const opening = VoteStore.open(dir.path);
    await expect(opening).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
    await expect(opening).rejects.toThrow(/Move this data directory away/);
    expect(await readFile(join(dir.path, 'VOTE.a'))).toEqual(Buffer.alloc(VOTE_FILE_BYTES, 1));
    await rm(join(dir.path, 'VOTE.b'));
    await expect(VoteStore.open(dir.path)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  });

  test('a node with an identity refuses to start without votes', async () => {
    await using dir = await makeTempDir();
    await writeIdentity(dir.path, { clusterId: newClusterId(), nodeId: ONE, incarnation: newIncarnation() });
    await expect(VoteStore.open(dir.path)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
    expect(await readdir(dir.path)).toEqual(['IDENTITY']);
  });
});

describe('a write torn by a crash', () => {
  test('at any byte leaves the promise before it or the new one, never none', async () => {
    await using before = await makeTempDir();
    await using after = await makeTempDir();
    await votedDirectory(before.path, 1);
    await cp(before.path, after.path, { recursive: true });
    {
      await using votes = await VoteStore.open(after.path);
      await votes.promise(12, ONE);
    }
    for (const file of ['VOTE.a', 'VOTE.b']) {
      const old = await readFile(join(before.path, file));
      const written = await readFile(join(after.path, file));
      for (let torn = 0; torn <= VOTE_FILE_BYTES; torn += torn % 4096 < 600 ? 7 : 512) {
        await using dir = await makeTempDir();
        await cp(before.path, dir.path, { recursive: true });
        await writeFile(join(dir.path, file), Buffer.concat([written.subarray(0, torn), old.subarray(torn)]));
        await using votes = await VoteStore.open(dir.path);
        expect([9, 12]).toContain(votes.current.epoch);
      }
    }
  });

  test('does not touch the slot of the newest vote nor that of the one before it', async () => {
    await using dir = await makeTempDir();
    await using votes = await VoteStore.open(dir.path);
    for (let seq = 1; seq <= 8; seq += 1) {
      const before = await slots(dir.path);
      const generation = votes.current.generation;
      await votes.acknowledge({ seq, hash: hash(seq) });
      const changed = (await slots(dir.path)).map((slot, index) => !slot.equals(before[index] ?? Buffer.alloc(0)));
      expect(changed.filter(Boolean)).toHaveLength(1);
      const overwritten = parseVote(before[changed.indexOf(true)] ?? Buffer.alloc(0));
      expect(overwritten?.generation ?? 0).toBeLessThan(Math.max(1, generation - 1));
    }
  });
});

describe('opening', () => {
  test('writes the newest vote to both files again, over neither of the two newest slots', async () => {
    for (let acknowledgements = 0; acknowledgements < 4; acknowledgements += 1) {
      await using dir = await makeTempDir();
      await votedDirectory(dir.path, acknowledgements);
      const before = await slots(dir.path);
      const generations = before.map((slot) => parseVote(slot)?.generation ?? -1);
      const newest = Math.max(...generations);
      await using votes = await VoteStore.open(dir.path);
      const after = await slots(dir.path);
      for (const generation of [newest, newest - 1]) {
        const index = generations.indexOf(generation);
        expect(after[index]?.equals(before[index] ?? Buffer.alloc(0))).toBe(true);
      }
      expect(votes.current.generation).toBe(newest + 2);
      const changed = after.map((slot, index) => !slot.equals(before[index] ?? Buffer.alloc(0)));
      // One slot in each file.
      expect([changed.slice(0, 2).filter(Boolean).length, changed.slice(2).filter(Boolean).length]).toEqual([1, 1]);
    }
  });
});

async function slots(path: string): Promise<Buffer[]> {
  const files = await Promise.all(['VOTE.a', 'VOTE.b'].map((file) => readFile(join(path, file))));
  return files.flatMap((bytes) => VOTE_SLOT_OFFSETS.map((offset) => Buffer.from(bytes.subarray(offset, offset + VOTE_SLOT_BYTES))));
}

async function overwrite(path: string, at: number, bytes: Buffer): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
}
