/** Roles, rules and reasons in words. Pure. */
import type { Action, Grant, GrantRole, PersonAccess, Reason, SpaceRole, Subject } from '@netstore/shared-types';
import { isInside } from '../../names/path.ts';

export const GRANT_ROLE_WORDS: Readonly<Record<GrantRole, { readonly name: string; readonly text: string }>> = {
  viewer: { name: 'Viewer', text: 'Looks and downloads, and changes nothing.' },
  editor: { name: 'Editor', text: 'Uploads, renames, moves and deletes as well.' },
  manager: { name: 'Manager', text: 'Looks after members and rules as well. No rule narrows a manager.' },
  none: { name: 'Nothing', text: 'Sees nothing, whatever is given further up.' },
};

/** What can be given to a folder; the whole space may have managers besides. */
export const FOLDER_ROLES: readonly GrantRole[] = ['viewer', 'editor', 'none'];
export const ROOT_ROLES: readonly GrantRole[] = ['viewer', 'editor', 'manager', 'none'];

export function roleName(role: SpaceRole | null): string {
  return role === null ? 'No role' : GRANT_ROLE_WORDS[role].name;
}

/** A folder as part of a sentence. */
export function placeWords(folder: string): string {
  return folder === '' ? 'the whole space' : `“${folder}”`;
}

/** What one rule means, in one sentence, beside the other rules of the space and its owner. */
export function ruleWords(grant: Grant, { owner, grants }: { readonly owner: string; readonly grants: readonly Grant[] }): string {
  const { folder, subject, role } = grant;
  const who = subject.kind === 'user' ? subject.name : `Everybody in ${subject.name}`;
  if (subject.kind === 'user' && subject.name === owner) return `Without effect: ${owner} owns the space and may do everything in it.`;
  if (folder !== '' && subject.kind === 'user' && isManager(subject, grants)) {
    return `Without effect: ${subject.name} is a manager, whom no rule narrows.`;
  }
  const outer = nearestAbove(grant, grants);
  const wins =
    outer === undefined || outer.role === role
      ? ''
      : `; it is nearer than ${GRANT_ROLE_WORDS[outer.role].name} for ${placeWords(outer.folder)}, so it counts`;
  const own = subject.kind === 'group' ? ', unless they have a rule of their own there' : '';
  return `${who} ${effectWords(role, folder)}${own}${wins}.`;
}

function effectWords(role: GrantRole, folder: string): string {
  const within = folder === '' ? 'in the space' : `in ${placeWords(folder)} and below`;
  switch (role) {
    case 'none':
      return `sees nothing ${within}`;
    case 'viewer':
      return `reads everything ${within} and changes nothing`;
    case 'editor':
      return `reads and changes everything ${within}`;
    case 'manager':
      return 'may do everything in the space and looks after its members';
  }
}

function isManager(subject: Subject, grants: readonly Grant[]): boolean {
  return grants.some((other) => other.folder === '' && other.role === 'manager' && isSame(other.subject, subject));
}

function nearestAbove({ folder, subject }: Grant, grants: readonly Grant[]): Grant | undefined {
  return grants
    .filter((other) => isSame(other.subject, subject) && isInside(folder, other.folder))
    .sort((one, other) => other.folder.length - one.folder.length)[0];
}

function isSame(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/** What somebody may do somewhere, the most of it. */
export function actionsWords(actions: readonly Action[]): string {
  if (actions.includes('manage')) return 'Manages';
  if (actions.includes('write')) return actions.includes('read') ? 'Reads and changes' : 'Adds files';
  if (actions.includes('read')) return 'Reads';
  return actions.includes('see') ? 'Sees the way' : 'Sees nothing';
}

/** Why, in one sentence without its full stop. `who` is a user name, or “you”. */
export function reasonWords(reason: Reason, who: string): string {
  const [is, was] = who === 'you' ? ['you are', 'you were'] : [`${who} is`, `${who} was`];
  switch (reason.kind) {
    case 'owner':
      return `${is} the owner of the space`;
    case 'rule': {
      const { folder, role, by } = reason.rule;
      const through = by.kind === 'group' ? ` through the group ${by.name}` : '';
      if (role === 'none') return `${was} given nothing in ${placeWords(folder)}${through}`;
      return `${is} ${role} of ${placeWords(folder)}${through}`;
    }
    case 'way':
      return `${was} given something deeper, and the way there is seen`;
    case 'no-rule':
      return `${was} given nothing here`;
    case 'cut':
      return `${is} kept to ${placeWords(reason.cut.path)} by a key or link`;
  }
}

/** Said to somebody who may look at a folder and not change it. */
export function readOnlyWords(access: Pick<PersonAccess, 'actions' | 'reason'>): string {
  if (!access.actions.includes('read')) return 'You see only the way to what was given to you.';
  return `Read only: ${reasonWords(access.reason, 'you')}.`;
}
