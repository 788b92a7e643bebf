import type { Grant } from '@netstore/shared-types';
import { compareNames } from '../../names/name-order.ts';

export interface FolderRules {
  readonly folder: string;
  readonly grants: readonly Grant[];
}

/** Rules of folders, each folder before those in it, and people before groups. The root is left out. */
export function rulesByFolder(grants: readonly Grant[]): readonly FolderRules[] {
  const folders = new Map<string, Grant[]>();
  for (const grant of grants) {
    if (grant.folder !== '') folders.set(grant.folder, [...(folders.get(grant.folder) ?? []), grant]);
  }
  return [...folders]
    .map(([folder, inFolder]) => ({ folder, grants: inFolder.toSorted(compareSubjects) }))
    .toSorted((one, other) => comparePaths(one.folder, other.folder));
}

/** Who has a role in the whole space: managers first, then by name. */
export function membersOf(grants: readonly Grant[]): readonly Grant[] {
  return grants
    .filter(({ folder }) => folder === '')
    .toSorted((one, other) => Number(other.role === 'manager') - Number(one.role === 'manager') || compareSubjects(one, other));
}

function compareSubjects({ subject: one }: Grant, { subject: other }: Grant): number {
  if (one.kind !== other.kind) return one.kind === 'user' ? -1 : 1;
  return compareNames(one.name, other.name);
}

function comparePaths(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const at = left.findIndex((name, index) => name !== right[index]);
  if (at === -1) return left.length - right.length;
  return compareNames(left[at] ?? '', right[at] ?? '');
}
