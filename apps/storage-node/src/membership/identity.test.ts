import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newClusterId, newIncarnation, parseClusterId, parseIncarnation, parseNodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { IDENTITY_FILE, readIdentity, writeIdentity } from './identity.ts';

const identity = { clusterId: newClusterId(), nodeId: parseNodeId('node-2'), incarnation: newIncarnation() };

describe('an identity', () => {
  test('is not there in a blank directory', async () => {
    await using dir = await makeTempDir();
    expect(await readIdentity(dir.path)).toBeUndefined();
  });

  test('reads back as written and leaves no other file', async () => {
    await using dir = await makeTempDir();
    await writeIdentity(dir.path, identity);
    await writeIdentity(dir.path, identity);
    expect(await readIdentity(dir.path)).toEqual(identity);
    expect(await readdir(dir.path)).toEqual([IDENTITY_FILE]);
  });

  test('has this layout', async () => {
    await using dir = await makeTempDir();
    const clusterId = parseClusterId('00112233445566778899aabbccddeeff');
    await writeIdentity(dir.path, { clusterId, nodeId: parseNodeId('node-1'), incarnation: parseIncarnation('f'.repeat(32)) });
    expect(await readFile(join(dir.path, IDENTITY_FILE), 'utf8')).toMatchInlineSnapshot(`
      "netstore-identity 1
      cluster 00112233445566778899aabbccddeeff
      node node-1
      incarnation ffffffffffffffffffffffffffffffff
      crc32c eeeed128
      "
    `);
  });

  test('is never replaced by another one', async () => {
    await using dir = await makeTempDir();
    await writeIdentity(dir.path, identity);
    for (const other of [{ clusterId: newClusterId() }, { nodeId: parseNodeId('node-3') }, { incarnation: newIncarnation() }]) {
      await expect(writeIdentity(dir.path, { ...identity, ...other })).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
    }
    expect(await readIdentity(dir.path)).toEqual(identity);
  });

  test('is refused with any bit flipped and at any shorter length, and says the way out', async () => {
    await using dir = await makeTempDir();
    await writeIdentity(dir.path, identity);
    const path = join(dir.path, IDENTITY_FILE);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      for (const damaged of [flipped, bytes.subarray(0, at)]) {
        await writeFile(path, damaged);
        await expect(readIdentity(dir.path)).rejects.toMatchObject({
          code: 'NS_DATA_DIRECTORY',
          message: expect.stringMatching(/Move this data directory away/),
        });
      }
    }
  });
});
