import { type Entry, NetStoreError } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { formatVersionToken, seenSeqOf } from './version-token.ts';

const SPACE = '/api/v1/spaces/home-alice';

describe('a version token', () => {
  test.each([0, 1, 35, 36, 123_456_789, Number.MAX_SAFE_INTEGER])('of record %i is read back as it was given out', (seq) => {
    expect(seenSeqOf({ 'x-netstore-version': formatVersionToken(seq) })).toBe(seq);
  });

  test('sorts by its length, then by its letters', () => {
    const seqs = [0, 1, 9, 10, 35, 36, 37, 1295, 1296, 46_655, 46_656, 2 ** 40, Number.MAX_SAFE_INTEGER];
    const tokens = seqs.map(formatVersionToken);
    const byRule = [...tokens].reverse().sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    expect(byRule).toEqual(tokens);
  });

  test('may be missing', () => {
    expect(seenSeqOf({})).toBeNull();
  });

  test.each(['', '01', 'A', '-1', '1.5', '1 ', 'zzzzzzzzzzz', '1'.repeat(12), '2s-1', 'ü'])('that is %j is refused', (token) => {
    expect(() => seenSeqOf({ 'x-netstore-version': token })).toThrow(NetStoreError);
  });
});

describe('reading what one has written', () => {
  let bench: GatewayBench;
  beforeAll(async () => {
    bench = await GatewayBench.start();
  });
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    bench.resetNodes();
  });

  const put = (path: string, body: string): Promise<Response> => bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body });
  const tokenOf = (answer: Response): string => answer.headers.get('x-netstore-version') ?? '';
  const read = (path: string, token: string): Promise<Response> =>
    bench.fetch(`${SPACE}/${path}`, { headers: { 'x-netstore-version': token } });
  const operate = (body: object): Promise<Response> =>
    bench.fetch(`${SPACE}/operations`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const newest = (): string => formatVersionToken(bench.tree.seq);

  test('every write says which state it made', async () => {
    expect(tokenOf(await put('a', 'one'))).toBe(newest());
    const form = new FormData();
    for (const name of ['b', 'c']) form.append('file', new Blob(['x']), name);
    expect(tokenOf(await bench.fetch(`${SPACE}/files`, { method: 'POST', body: form }))).toBe(newest());
    expect(tokenOf(await operate({ kind: 'copy', from: 'a', to: 'd' }))).toBe(newest());
    expect(tokenOf(await bench.fetch(`${SPACE}/files/a`, { method: 'DELETE' }))).toBe(newest());
  });

  test('every read says which state it shows', async () => {
    await put('shown', 'one');
    for (const path of ['files/shown', 'entries', 'entries/shown']) expect(tokenOf(await bench.fetch(`${SPACE}/${path}`))).toBe(newest());
    const { version } = (await (await bench.fetch(`${SPACE}/entries/shown`)).json()) as Entry;
    const same = await bench.fetch(`${SPACE}/files/shown`, { headers: { 'if-none-match': `"${version}"` } });
    expect([same.status, tokenOf(same)]).toEqual([304, newest()]);
  });

  test('is answered by any node that has applied it, and by no other', async () => {
    await put('spread', 'old');
    const token = tokenOf(await put('spread', 'new'));
    bench.node(1).appliedSeq = bench.tree.seq - 1;
    const asked = new Map<number, number>();
    bench.nodes.forEach((node, index) => {
      node.before = ({ name }) => {
        if (name === 'GET_FILE') asked.set(index, (asked.get(index) ?? 0) + 1);
      };
    });
    for (let round = 0; round < 40; round += 1) {
      const answer = await read('files/spread', token);
      expect([answer.status, answer.headers.get('x-netstore-stale'), await answer.text()]).toEqual([200, null, 'new']);
    }
    expect([...asked.keys()].sort()).toEqual([0, 1, 2]);
  });

  test('finds out from the primary that nothing is there', async () => {
    const token = tokenOf(await put('one', 'x'));
    let asked = 0;
    bench.node(0).before = ({ name }) => {
      if (name === 'GET_FILE') asked += 1;
    };
    expect((await read('files/nothing-there', token)).status).toBe(404);
    expect(asked).toBeGreaterThan(0);
  });

  test('a token from the future is answered by the primary, whose word is the newest there is', async () => {
    await put('future', 'x');
    expect((await read('files/future', formatVersionToken(Number.MAX_SAFE_INTEGER))).status).toBe(200);
  });

  test.each(['files/a', 'entries', 'entries/a'])('garbage is refused at %s', async (path) => {
    const answer = await read(path, 'Not A Token');
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { code: string }).code).toBe('NS_BAD_REQUEST');
  });
});
