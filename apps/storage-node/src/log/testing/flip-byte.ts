/** What a rotting disk does. */
import { open } from 'node:fs/promises';

export async function flipByte(path: string, at: number): Promise<void> {
  await using handle = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([byte.readUInt8() ^ 0x40]), 0, 1, at);
}
