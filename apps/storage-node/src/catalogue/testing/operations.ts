/** Operations that meet each other, made from small numbers: few names, few blobs, few versions. */
import type { IfExists, VersionId } from '@netstore/shared-types';
import type { BlobRef, Expected, Operation } from '@netstore/wire-protocol';
import { blobRef, copy, discard, hashOf, makeFolder, move, purge, purgeVersions, put, remove, restore } from './record-chain.ts';

/** How many numbers an operation is made from. */
export const CHOICES = 12;
/** One above the largest of them. */
export const CHOICE_END = 1 << 16;

const NAMES = ['a', 'b', 'B', 'é'] as const;
const IF_EXISTS = ['fail', 'replace', 'keep-both'] as const satisfies readonly IfExists[];

/** What may be in the trash when nobody says what is. */
const ANY_TRASH: readonly number[] = Array.from({ length: 40 }, (_, index) => index + 1);

/** The same numbers make the same operation; any numbers make one. `trashIds`: what the trash has or may have. */
export function operationOf(numbers: readonly number[], trashIds: readonly number[] = ANY_TRASH): Operation {
  const choices = new Choices(numbers);
  const kind = choices.below(18);
  if (kind < 5) return put(pathOf(choices), { refs: refsOf(choices), expected: expectedOf(choices) });
  if (kind < 6) return makeFolder(pathOf(choices));
  if (kind < 8) return move(pathOf(choices), pathOf(choices), choices.one(IF_EXISTS));
  if (kind < 10) return copy(pathOf(choices), pathOf(choices), choices.one(IF_EXISTS));
  if (kind < 12) return remove(pathOf(choices), expectedOf(choices));
  if (kind < 14) return restore(trashIdOf(choices, trashIds), choices.below(2) === 0 ? null : pathOf(choices), choices.one(IF_EXISTS));
  if (kind < 16) return purge(Array.from({ length: 1 + choices.below(3) }, () => trashIdOf(choices, trashIds)));
  if (kind < 17) return purgeVersions(pathOf(choices), [versionOf(choices), versionOf(choices), versionOf(choices)]);
  return discard(refsOf(choices).map((ref) => ref.blobId));
}

class Choices {
  readonly #numbers: readonly number[];
  #taken = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(end: number): number {
    const number = this.#numbers[this.#taken % this.#numbers.length] ?? 0;
    this.#taken += 1;
    return number % end;
  }

  one<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}

function pathOf(choices: Choices): string {
  return Array.from({ length: 1 + choices.below(3) }, () => choices.one(NAMES)).join('/');
}

function refsOf(choices: Choices): BlobRef[] {
  return Array.from({ length: choices.below(4) }, () => {
    const number = 1 + choices.below(60);
    return choices.below(20) === 0 ? { ...blobRef(number), crcTableSha256: hashOf('other') } : blobRef(number, number);
  });
}

function expectedOf(choices: Choices): Expected {
  const kind = choices.below(8);
  if (kind === 0) return { kind: 'absent' };
  if (kind === 1) return { kind: 'present' };
  return kind === 2 ? { kind: 'version', version: versionOf(choices) } : { kind: 'any' };
}

function versionOf(choices: Choices): VersionId {
  return (1 + choices.below(20)).toString(36) as VersionId;
}

/** Now and then one that is not there. */
function trashIdOf(choices: Choices, trashIds: readonly number[]): number {
  return trashIds[choices.below(trashIds.length + 1)] ?? 1 + choices.below(40);
}
