import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkHistory, checkRegister, checkSet, findDuplicates } from './check-history.ts';
import type { Content, Operation, OperationKind, Outcome } from './history.ts';

let count = 0;
function operation(kind: OperationKind, content: Content, from: number, more: Partial<Operation> = {}): Operation {
  count += 1;
  const { returnedAtMs } = more;
  const outcome: Outcome = returnedAtMs === undefined ? 'unknown' : 'ok';
  const plain = { client: 'c', path: 'p', invokedAtMs: from, returnedAtMs, outcome, isStale: false, version: undefined, reason: undefined };
  return { id: count, kind, content, ...plain, ...more };
}
const put = (content: string, from: number, to?: number): Operation => operation('put', content, from, { returnedAtMs: to });
const get = (content: Content, from: number, to: number, more?: Partial<Operation>): Operation =>
  operation('get', content, from, { returnedAtMs: to, ...more });
const remove = (from: number, to?: number): Operation => operation('delete', null, from, { returnedAtMs: to });
const refused = (content: string, from: number, to: number): Operation =>
  operation('put', content, from, { returnedAtMs: to, outcome: 'fail' });

describe('a history is accepted when', () => {
  test.each<[string, Operation[]]>([
    ['nothing happened', []],
    ['one after the other sees what the last one left', [get(null, 0, 1), put('a', 2, 3), get('a', 4, 5), remove(6, 7), get(null, 8, 9)]],
    ['a get beside a put sees either', [put('a', 0, 10), get(null, 1, 2), get('a', 3, 4)]],
    ['two puts beside each other end in either order', [put('a', 0, 10), put('b', 0, 10), get('b', 11, 12), get('b', 13, 14)]],
    ['a put with unknown outcome never happened', [put('a', 0, 1), put('b', 2), get('a', 3, 4)]],
    ['it happened at once', [put('a', 0, 1), put('b', 2), get('b', 3, 4)]],
    ['it happened much later', [put('a', 0, 1), put('b', 2), get('a', 3, 4), get('b', 50, 51)]],
    ['a delete with unknown outcome came later', [put('a', 0, 1), remove(2), get('a', 3, 4), get(null, 5, 6)]],
    ['a refused put was never seen', [put('a', 0, 1), refused('b', 2, 3), get('a', 4, 5)]],
    ['a get that failed says nothing', [put('a', 0, 1), operation('get', null, 2)]],
    ['a get that may be stale sees what was', [put('a', 0, 1), put('b', 2, 3), get('a', 4, 5, { isStale: true })]],
  ])('%s', (_, history) => {
    expect(checkRegister(history)).toBeUndefined();
  });
});

describe('a history is rejected for', () => {
  test.each<[string, Operation[]]>([
    ['a stale read', [put('a', 0, 1), put('b', 2, 3), get('a', 4, 5)]],
    ['a read that goes back', [put('a', 0, 1), put('b', 2, 20), get('b', 3, 4), get('a', 5, 6)]],
    ['a lost write', [put('a', 0, 1), get(null, 2, 3)]],
    ['a lost write behind others', [put('a', 0, 1), put('b', 2, 3), get('b', 4, 5), get('a', 6, 7)]],
    ['a resurrected file', [put('a', 0, 1), remove(2, 3), get('a', 4, 5)]],
    ['a file that came back after it was seen gone', [put('a', 0, 1), remove(2), get(null, 3, 4), get('a', 5, 6)]],
    ['a value that nobody wrote', [put('a', 0, 1), get('x', 2, 3)]],
    ['a value that was refused', [refused('a', 0, 1), get('a', 2, 3)]],
    ['a value before it was written', [get('a', 0, 1), put('a', 2, 3)]],
    ['an unknown write that happens twice', [put('a', 0), get('a', 1, 2), put('b', 3, 4), get('a', 5, 6)]],
    ['a stale read of what was never there', [put('a', 0, 1), get('x', 4, 5, { isStale: true })]],
  ])('%s', (_, history) => {
    expect(checkRegister(history)).toContain('nothing of this can come next');
  });
});

/** Four clients on one real register: each operation takes effect at a moment between its call and its answer. */
function simulate(choices: readonly number[]): Operation[] {
  let content: Content = null;
  let time = 0;
  const free = [0, 0, 0, 0];
  return choices.map((choice, index) => {
    const client = choice % free.length;
    time += 1 + (choice % 3);
    const from = Math.max(free[client] ?? 0, time - (choice % 5));
    const kind = (['put', 'get', 'get', 'delete'] as const)[choice % 4] ?? 'get';
    const wanted = kind === 'put' ? `v${index}` : null;
    const isDone = choice % 7 !== 0;
    if (kind !== 'get' && isDone) content = wanted;
    const seen: Content = kind === 'get' ? content : wanted;
    const until = time + 0.5 + (choice % 11);
    time += 0.25;
    free[client] = until + 0.1;
    return operation(kind, seen, Math.min(from, time - 0.25), { returnedAtMs: isDone || kind === 'get' ? until : undefined });
  });
}

const manyChoices = fc.array(fc.nat(10_000), { minLength: 4, maxLength: 40 });

test('whatever a real register did is accepted', () => {
  fc.assert(
    fc.property(manyChoices, (choices) => checkRegister(simulate(choices)) === undefined),
    { numRuns: 300 },
  );
});

test('a final get of something older than the last acknowledged write is rejected, whatever came before', () => {
  fc.assert(
    fc.property(manyChoices, (choices) => {
      const history = simulate(choices);
      const end = Math.max(...history.map(({ returnedAtMs, invokedAtMs }) => returnedAtMs ?? invokedAtMs));
      const planted = [...history, put('first', end + 1, end + 2), put('last', end + 3, end + 4), get('first', end + 5, end + 6)];
      return checkRegister(planted) !== undefined;
    }),
    { numRuns: 300 },
  );
});

test('many writes with unknown outcome beside each other are decided quickly', () => {
  const unknown = Array.from({ length: 24 }, (_, index) => put(`u${index}`, index));
  const seen = Array.from({ length: 12 }, (_, index) => get(`u${index * 2}`, 100 + index, 100.5 + index));
  const startedAt = performance.now();
  expect(checkRegister([...unknown, ...seen])).toBeUndefined();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('each path is judged by itself', () => {
  const bad = [put('a', 0, 1), get(null, 2, 3)].map((each) => ({ ...each, path: 'bad' }));
  expect(checkHistory([...bad, put('a', 0, 1), get('a', 2, 3)]).map(({ path }) => path)).toEqual(['bad']);
});

test('a set has lost what was acknowledged and is not listed, and invented what nobody added', () => {
  const add = (path: string, outcome: Outcome): Operation => operation('add', 'x', 0, { returnedAtMs: 1, path, outcome });
  const added = [add('kept', 'ok'), add('lost', 'ok'), add('refused', 'fail'), add('perhaps', 'unknown')];
  expect(checkSet(added, new Set(['kept', 'perhaps']))).toEqual(['lost was acknowledged and is lost']);
  expect(checkSet(added, new Set(['kept', 'lost', 'refused', 'never']))).toHaveLength(2);
});

test('an operation that took effect twice shows as two versions of one content', () => {
  expect(findDuplicates(['a', 'b', 'a'])).toEqual(['a']);
  expect(findDuplicates(['a', 'b'])).toEqual([]);
});
