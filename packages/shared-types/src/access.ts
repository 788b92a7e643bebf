/**
 * The one decision about files: may this one do that there, and why. Pure: it knows what one principal has in one space, and nothing else.
 *
 * Managers of a space may do everything in it; for everybody else the nearest folder, from the file upwards, that has a rule decides, and
 * without one nothing is allowed. `compileRules` makes of all grants that concern somebody one rule for each folder; `openAccess` makes of
 * these what answers in a few steps, however many rules there are; a cut can only take away.
 *
 * Refuses to know users, groups and files: who somebody is and what is at a path is found out before and after.
 */
import type { AccessRule, Action, Cut, Grant, GrantRole, Reason } from './spaces-api.ts';

export interface Decision {
  readonly isAllowed: boolean;
  readonly reason: Reason;
}

/** What one principal has in one space. Made by `openAccess` alone. */
export interface Access {
  readonly isOwner: boolean;
  /** At most one for each folder. */
  readonly rules: ReadonlyMap<string, AccessRule>;
  /** For each folder that has rules below it, the highest and the lowest rank of these. */
  readonly below: ReadonlyMap<string, RankRange>;
  readonly cuts: readonly Cut[];
}

interface RankRange {
  readonly highest: number;
  readonly lowest: number;
}

const RANKS = { none: 0, viewer: 1, editor: 2, manager: 3 } as const satisfies Record<GrantRole, number>;
const NEEDED = {
  see: RANKS.viewer,
  read: RANKS.viewer,
  write: RANKS.editor,
  delete: RANKS.editor,
  manage: RANKS.manager,
} as const satisfies Record<Action, number>;

/** Higher is more; `none` is the lowest. */
export function rankOf(role: GrantRole): number {
  return RANKS[role];
}

/** Of the grants to one person and to his groups, the one for each folder that counts: his own before those of groups, of these the highest. */
export function compileRules(grants: readonly Grant[]): AccessRule[] {
  const rules = new Map<string, AccessRule>();
  for (const { folder, subject, role } of grants) {
    const rule = { folder, role, by: subject };
    const other = rules.get(folder);
    if (other === undefined || isStronger(rule, other)) rules.set(folder, rule);
  }
  return [...rules.values()];
}

function isStronger(rule: AccessRule, other: AccessRule): boolean {
  if (rule.by.kind !== other.by.kind) return rule.by.kind === 'user';
  if (rule.role !== other.role) return RANKS[rule.role] > RANKS[other.role];
  // Only the reason differs: it is the same one whatever order the grants came in.
  return rule.by.name < other.by.name;
}

/** `rules`: at most one for each folder, as `compileRules` gives them. */
export function openAccess(has: {
  readonly isOwner: boolean;
  readonly rules: readonly AccessRule[];
  readonly cuts?: readonly Cut[];
}): Access {
  const below = new Map<string, RankRange>();
  for (const { folder, role } of has.rules) {
    const rank = RANKS[role];
    for (let at = parentOf(folder); at !== undefined; at = parentOf(at)) {
      const range = below.get(at);
      if (range !== undefined && range.highest >= rank && range.lowest <= rank) break;
      below.set(at, { highest: Math.max(range?.highest ?? rank, rank), lowest: Math.min(range?.lowest ?? rank, rank) });
    }
  }
  return { isOwner: has.isOwner, rules: new Map(has.rules.map((rule) => [rule.folder, rule])), below, cuts: has.cuts ?? [] };
}

/** `path` is that of a file or folder, `''` the root of the space. */
export function decide(access: Access, action: Action, path: string): Decision {
  const decision = decideByRules(access, action, path);
  if (!decision.isAllowed) return decision;
  const cut = access.cuts.find((each) => !leaves(each, action, path));
  return cut === undefined ? decision : { isAllowed: false, reason: { kind: 'cut', cut } };
}

/** Whether the action is allowed at the path and everywhere below it: an act on a folder is an act on all that is in it. */
export function canBelow(access: Access, action: Action, path: string): boolean {
  if (!decide(access, action, path).isAllowed) return false;
  if (isManager(access)) return true;
  return (access.below.get(path)?.lowest ?? RANKS.manager) >= NEEDED[action];
}

/** What of a folder may be shown: files that may be read, and folders that may be seen. */
export function visibleChildren<Child extends { readonly path: string; readonly isFile: boolean }>(
  access: Access,
  children: readonly Child[],
): Child[] {
  return children.filter(({ path, isFile }) => decide(access, isFile ? 'read' : 'see', path).isAllowed);
}

function decideByRules(access: Access, action: Action, path: string): Decision {
  if (access.isOwner) return { isAllowed: true, reason: { kind: 'owner' } };
  const rule = isManager(access) ? access.rules.get('') : nearestRule(access.rules, path);
  const isAllowed = rule !== undefined && RANKS[rule.role] >= NEEDED[action];
  if (!isAllowed && action === 'see' && (access.below.get(path)?.highest ?? RANKS.none) >= NEEDED.see) {
    return { isAllowed: true, reason: { kind: 'way' } };
  }
  return { isAllowed, reason: rule === undefined ? { kind: 'no-rule' } : { kind: 'rule', rule } };
}

/** No rule narrows these: who looks after the rules must be able to see what they are about. */
function isManager({ isOwner, rules }: Access): boolean {
  return isOwner || rules.get('')?.role === 'manager';
}

function nearestRule(rules: ReadonlyMap<string, AccessRule>, path: string): AccessRule | undefined {
  for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) {
    const rule = rules.get(at);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function leaves(cut: Cut, action: Action, path: string): boolean {
  if (isWithin(path, cut.path)) return action === 'see' ? cut.actions.length > 0 : cut.actions.includes(action);
  return action === 'see' && cut.actions.length > 0 && isWithin(cut.path, path);
}

/** Whether a path is that of the folder, or below it; everything is within the root, `''`. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** `undefined` above the root. */
function parentOf(path: string): string | undefined {
  if (path === '') return undefined;
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
