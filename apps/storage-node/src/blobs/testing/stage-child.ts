/**
 * A process that receives blobs as a node does, several at once, and says of each when it holds it: `held <blob id> <sha-256 of its table of
 * checksums>`. Every second one is kept then.
 *
 *   node stage-child.ts <directory> <number of blobs>
 */
import { writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskBlobStore } from '../disk-blob-store.ts';
import { makeBlob, stageBlob } from './blob-bytes.ts';

const AT_ONCE = 3;
const [, , root = '', count = '0'] = process.argv;
const dirs = { blobs: join(root, 'blobs'), staging: join(root, 'staging'), quarantine: join(root, 'quarantine') };
for (const path of Object.values(dirs)) await mkdir(path, { recursive: true });

await using store = await DiskBlobStore.open({ dirs, reserveFraction: 0, reserveBytesMin: 0 });
for (let made = 0; made < Number(count); made += AT_ONCE) {
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, index) => {
      const blob = makeBlob(1 + (made + index) * 9_973);
      await stageBlob(store, blob);
      writeSync(1, `held ${blob.blobId} ${Buffer.from(blob.crcTableSha256).toString('hex')}\n`);
      if (index % 2 === 0) await store.keep(blob.blobId);
    }),
  );
}
writeSync(1, 'done\n');
