import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Access, canBelow, compileRules, decide, openAccess, rankOf, visibleChildren } from './access.ts';
import type { AccessRule, Action, Cut, Grant, GrantRole } from './spaces-api.ts';

const ACTIONS: readonly Action[] = ['see', 'read', 'write', 'delete', 'manage'];
const ann = { kind: 'user', name: 'ann' } as const;
const rule = (folder: string, role: GrantRole): AccessRule => ({ folder, role, by: ann });
const access = (...rules: AccessRule[]): Access => openAccess({ isOwner: false, rules });
const may = (of: Access, action: Action, path: string): boolean => decide(of, action, path).isAllowed;
const allowed = (of: Access, path: string): Action[] => ACTIONS.filter((action) => may(of, action, path));

describe('a role', () => {
  test.each<[GrantRole, Action[]]>([
    ['none', []],
    ['viewer', ['see', 'read']],
    ['editor', ['see', 'read', 'write', 'delete']],
    ['manager', ['see', 'read', 'write', 'delete', 'manage']],
  ])('%s at the root allows %j everywhere', (role, actions) => {
    for (const path of ['', 'a', 'a/b/c.txt']) expect(allowed(access(rule('', role)), path)).toEqual(actions);
  });

  test('is nobody’s by default', () => {
    const decision = decide(access(), 'see', 'a');
    expect(decision).toEqual({ isAllowed: false, reason: { kind: 'no-rule' } });
  });

  test('of the owner is above all rules', () => {
    const owner = openAccess({ isOwner: true, rules: [rule('', 'none'), rule('a', 'none')] });
    expect(allowed(owner, 'a/b')).toEqual(ACTIONS);
    expect(decide(owner, 'read', 'a').reason).toEqual({ kind: 'owner' });
    expect(canBelow(owner, 'manage', '')).toBe(true);
  });
});

describe('the nearest folder with a rule', () => {
  const mixed = access(rule('', 'viewer'), rule('a', 'editor'), rule('a/secret', 'none'), rule('a/secret/mine', 'viewer'));

  test.each<[string, Action[]]>([
    ['', ['see', 'read']],
    ['b.txt', ['see', 'read']],
    ['a', ['see', 'read', 'write', 'delete']],
    ['a/b.txt', ['see', 'read', 'write', 'delete']],
    ['ab', ['see', 'read']],
    ['a/secret', ['see']],
    ['a/secret/x', []],
    ['a/secrets', ['see', 'read', 'write', 'delete']],
    ['a/secret/mine/deep/x', ['see', 'read']],
  ])('decides about "%s": %j', (path, actions) => {
    expect(allowed(mixed, path)).toEqual(actions);
  });

  test('is the reason that is given, for a refusal too', () => {
    expect(decide(mixed, 'read', 'a/secret/x')).toEqual({ isAllowed: false, reason: { kind: 'rule', rule: rule('a/secret', 'none') } });
    expect(decide(mixed, 'write', 'a/b')).toEqual({ isAllowed: true, reason: { kind: 'rule', rule: rule('a', 'editor') } });
  });

  test('cannot narrow a manager', () => {
    const manager = access(rule('', 'manager'), rule('a', 'none'));
    expect(allowed(manager, 'a/b')).toEqual(ACTIONS);
    expect(canBelow(manager, 'write', '')).toBe(true);
  });
});

describe('the way to something deeper', () => {
  const guest = access(rule('a/b/shared', 'viewer'));

  test('can be seen and nothing in it but the way', () => {
    for (const path of ['', 'a', 'a/b']) expect(allowed(guest, path)).toEqual(['see']);
    expect(decide(guest, 'see', 'a').reason).toEqual({ kind: 'way' });
    for (const path of ['x', 'a/x', 'a/b/x', 'a/bb', 'a/b/share']) expect(allowed(guest, path)).toEqual([]);
  });

  test('leads to no rule that gives nothing', () => {
    expect(allowed(access(rule('a/b', 'none')), 'a')).toEqual([]);
  });

  test('shows folders on it, and no file that lies where a folder was expected', () => {
    const children = [
      { path: 'a', isFile: false },
      { path: 'b', isFile: false },
      { path: 'c.txt', isFile: true },
    ];
    expect(visibleChildren(guest, children)).toEqual([{ path: 'a', isFile: false }]);
    expect(visibleChildren(guest, [{ path: 'a', isFile: true }])).toEqual([]);
    expect(visibleChildren(access(rule('', 'viewer'), rule('b', 'none')), children).map(({ path }) => path)).toEqual(['a', 'c.txt']);
  });
});

describe('an act on a folder', () => {
  test('is an act on all below it', () => {
    const narrowed = access(rule('', 'editor'), rule('a/b', 'viewer'));
    expect(canBelow(narrowed, 'write', '')).toBe(false);
    expect(canBelow(narrowed, 'write', 'a')).toBe(false);
    expect(canBelow(narrowed, 'read', 'a')).toBe(true);
    expect(canBelow(narrowed, 'write', 'a/c')).toBe(true);
    expect(canBelow(narrowed, 'write', 'a/b')).toBe(false);
  });

  test('is not allowed by what is granted below it alone', () => {
    expect(canBelow(access(rule('a/b', 'editor')), 'write', 'a')).toBe(false);
  });
});

describe('of the grants to one person and to groups, at one folder', () => {
  const grant = (kind: 'user' | 'group', name: string, role: GrantRole): Grant => ({ folder: 'a', subject: { kind, name }, role });

  test.each<[string, Grant[], Grant]>([
    ['the highest group counts', [grant('group', 'x', 'viewer'), grant('group', 'y', 'editor')], grant('group', 'y', 'editor')],
    ['none is the lowest', [grant('group', 'x', 'none'), grant('group', 'y', 'viewer')], grant('group', 'y', 'viewer')],
    ['the person comes first', [grant('group', 'x', 'editor'), grant('user', 'ann', 'none')], grant('user', 'ann', 'none')],
    ['names settle a tie', [grant('group', 'y', 'viewer'), grant('group', 'x', 'viewer')], grant('group', 'x', 'viewer')],
  ])('%s', (_what, grants, { folder, role, subject }) => {
    expect(compileRules(grants)).toEqual([{ folder, role, by: subject }]);
    expect(compileRules(grants.toReversed())).toEqual([{ folder, role, by: subject }]);
  });
});

describe('a cut', () => {
  const cut = (...cuts: Cut[]): Access => openAccess({ isOwner: true, rules: [], cuts });

  test('leaves its actions at its path and below, and the way there', () => {
    const key = cut({ path: 'a/b', actions: ['read'] });
    expect(allowed(key, 'a/b/c')).toEqual(['see', 'read']);
    expect(allowed(key, 'a/b')).toEqual(['see', 'read']);
    expect(allowed(key, 'a')).toEqual(['see']);
    expect(allowed(key, '')).toEqual(['see']);
    expect(allowed(key, 'a/bc')).toEqual([]);
    expect(decide(key, 'write', 'a/b').reason).toEqual({ kind: 'cut', cut: { path: 'a/b', actions: ['read'] } });
    expect(canBelow(key, 'write', 'a/b')).toBe(false);
    expect(canBelow(key, 'read', 'a/b')).toBe(true);
  });

  test('may leave uploading without reading', () => {
    expect(allowed(cut({ path: 'in', actions: ['write'] }), 'in/x')).toEqual(['see', 'write']);
  });

  test('may leave putting something there without taking anything away', () => {
    expect(allowed(cut({ path: 'in', actions: ['read', 'write'] }), 'in/x')).toEqual(['see', 'read', 'write']);
  });

  test('that leaves no action leaves nothing', () => {
    expect(allowed(cut({ path: '', actions: [] }), 'a')).toEqual([]);
  });
});

describe('for all rules and paths', () => {
  const anyRole = fc.constantFrom<GrantRole>('none', 'viewer', 'editor', 'manager');
  const anyPath = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 4 }).map((names) => names.join('/'));
  const anyRules = fc.uniqueArray(fc.record({ folder: anyPath, role: anyRole, by: fc.constant(ann) }), {
    selector: ({ folder }) => folder,
  });
  const anyAction = fc.constantFrom(...ACTIONS);
  const anyCut: fc.Arbitrary<Cut> = fc.record({ path: anyPath, actions: fc.subarray([...ACTIONS]) });
  const isAtOrBelow = (path: string, folder: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`);
  const NEEDED = { see: 1, read: 1, write: 2, delete: 2, manage: 3 };

  /** The rule as the decision record says it, without an index. */
  function slowly(rules: readonly AccessRule[], action: Action, path: string): boolean {
    if (rules.some(({ folder, role }) => folder === '' && role === 'manager')) return true;
    const above = rules.filter(({ folder }) => isAtOrBelow(path, folder)).sort((one, other) => other.folder.length - one.folder.length);
    if (rankOf(above[0]?.role ?? 'none') >= NEEDED[action]) return true;
    return action === 'see' && rules.some(({ folder, role }) => role !== 'none' && folder !== path && isAtOrBelow(folder, path));
  }

  test('the nearest rule decides, as it would by looking at every rule', () => {
    fc.assert(
      fc.property(anyRules, anyAction, anyPath, (rules, action, path) => {
        expect(may(access(...rules), action, path)).toBe(slowly(rules, action, path));
      }),
      { numRuns: 2000 },
    );
  });

  test('what may be done on a folder may be done on every path below it, and the other way round', () => {
    const paths = [
      '',
      ...['a', 'b'].flatMap((x) => [x, ...['a', 'b', 'ab'].flatMap((y) => [`${x}/${y}`, `${x}/${y}/a`, `${x}/${y}/b/a`])]),
    ];
    fc.assert(
      fc.property(anyRules, fc.constantFrom<Action>('read', 'write', 'manage'), fc.constantFrom(...paths), (rules, action, folder) => {
        const below = [...paths, ...rules.map((each) => each.folder)].filter((path) => isAtOrBelow(path, folder));
        const of = access(...rules);
        expect(canBelow(of, action, folder)).toBe(below.every((path) => may(of, action, path)));
      }),
      { numRuns: 2000 },
    );
  });

  test('managers are never narrowed, and nobody has anything without a rule', () => {
    fc.assert(
      fc.property(anyRules, anyAction, anyPath, (rules, action, path) => {
        const others = rules.filter(({ folder }) => folder !== '');
        expect(may(access(rule('', 'manager'), ...others), action, path)).toBe(true);
        expect(may(access(...rules.map((each) => ({ ...each, role: 'none' as const }))), action, path)).toBe(false);
      }),
    );
  });

  test('a cut only takes away, and the more cuts the less is left', () => {
    fc.assert(
      fc.property(
        anyRules,
        fc.array(anyCut, { maxLength: 3, minLength: 1 }),
        anyAction,
        anyPath,
        (rules, [further, ...cuts], action, path) => {
          const some = openAccess({ isOwner: false, rules, cuts });
          const more = openAccess({ isOwner: false, rules, cuts: [...cuts, further as Cut] });
          if (may(more, action, path)) expect(may(some, action, path)).toBe(true);
          if (may(some, action, path)) expect(may(access(...rules), action, path)).toBe(true);
        },
      ),
    );
  });

  test('what a cut leaves of an act on a folder, it leaves on every path below it, and nothing that the user has not', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anyCut, { maxLength: 2 }), fc.constantFrom(...ACTIONS), anyPath, (rules, cuts, action, folder) => {
        const of = openAccess({ isOwner: false, rules, cuts });
        if (!canBelow(of, action, folder)) return;
        expect(canBelow(access(...rules), action, folder)).toBe(true);
        const below = [...rules, ...cuts.map(({ path }) => ({ folder: path }))].map((each) => each.folder);
        for (const path of [folder, ...below].filter((each) => action !== 'see' && isAtOrBelow(each, folder))) {
          expect(may(of, action, path)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('a decision among 4,096 rules takes microseconds', () => {
  const rules = Array.from({ length: 4096 }, (_, at) =>
    rule(`year-${at % 64}/month-${at >> 6}/of/many/days`, at % 3 === 0 ? 'none' : 'editor'),
  );
  const of = openAccess({ isOwner: false, rules });
  const paths = rules.map(({ folder }) => `${folder}/report.pdf`);
  const times = Array.from({ length: 20 }, () => {
    const from = performance.now();
    for (const path of paths) decide(of, 'read', path);
    return ((performance.now() - from) / paths.length) * 1000;
  }).sort((one, other) => one - other);
  expect(times[10]).toBeLessThan(50);
});
