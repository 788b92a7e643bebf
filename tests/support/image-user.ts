/** The user of the images, and the files of this machine that it must be able to read and write. */
import { chownSync } from 'node:fs';
import type { GenericContainer } from 'testcontainers';

const IMAGE_USER_ID = 1000;

/** Root may give its files away; anybody else runs the containers as themselves, by `runAsOwner`. */
export function giveToImageUser(...paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) chownSync(path, IMAGE_USER_ID, IMAGE_USER_ID);
}

export function runAsOwner<Container extends GenericContainer>(container: Container): Container {
  const ownId = process.getuid?.() ?? 0;
  return ownId === 0 ? container : container.withUser(`${ownId}:${process.getgid?.() ?? ownId}`);
}
