import { createHash, randomBytes } from 'node:crypto';
import { type Entry, NetStoreError, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { openSocket, rawRequest } from '../testing/raw-http.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

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

/** Parts in their order: a string is the field `folder`, a pair is a file of that name. */
function form(parts: readonly (string | readonly [name: string, content: string | Buffer<ArrayBuffer>])[]): FormData {
  const data = new FormData();
  for (const part of parts) {
    if (typeof part === 'string') data.append('folder', part);
    else data.append('file', new Blob([part[1]], { type: 'text/plain' }), part[0]);
  }
  return data;
}
const post = (body: FormData, headers: Record<string, string> = {}): Promise<Response> =>
  bench.fetch(FILES, { method: 'POST', body, headers });
const entriesOf = async (answer: Response): Promise<readonly Entry[]> => ((await answer.json()) as { entries: Entry[] }).entries;
const problemOf = async (answer: Response): Promise<Problem> => (await answer.json()) as Problem;
const contentOf = async (path: string): Promise<string> => (await bench.fetch(`${FILES}/${path}`)).text();

describe('POST of a form', () => {
  test('stores every file in the folder it names', async () => {
    const big = randomBytes(9 * 1024 * 1024);
    const answer = await post(form(['photos/2026', ['a.txt', 'first'], ['sub/b.txt', 'second'], ['big.bin', big], ['empty', '']]));
    expect(answer.status).toBe(201);
    const entries = await entriesOf(answer);
    expect(entries.map(({ path }) => path)).toEqual([
      'photos/2026/a.txt',
      'photos/2026/sub/b.txt',
      'photos/2026/big.bin',
      'photos/2026/empty',
    ]);
    expect(entries[2]?.sha256).toBe(sha256(big));
    expect(entries[3]?.sizeBytes).toBe(0);
    expect(await contentOf('photos/2026/sub/b.txt')).toBe('second');
  });

  test('stores in the root when no folder is named', async () => {
    expect((await entriesOf(await post(form([['root.txt', 'x']]))))[0]?.path).toBe('root.txt');
    expect((await entriesOf(await post(form(['', ['root-2.txt', 'x']]))))[0]?.path).toBe('root-2.txt');
  });

  test('names files as they were named, beyond ASCII too', async () => {
    expect((await entriesOf(await post(form([['Übung 1 – „neu“.txt', 'x']]))))[0]?.name).toBe('Übung 1 – „neu“.txt');
  });

  test('is repeated safely with a key', async () => {
    const parts = form(['keyed', ['a', '1'], ['b', '2']]);
    const first = await entriesOf(await post(parts, { 'idempotency-key': 'form-1' }));
    const { seq } = bench.tree;
    const again = await entriesOf(await post(parts, { 'idempotency-key': 'form-1' }));
    expect(again.map(({ version }) => version)).toEqual(first.map(({ version }) => version));
    expect(bench.tree.seq).toBe(seq);
  });
});

describe('a form that is refused', () => {
  test.each([
    ['without a file', form(['only-a-folder']), 'NS_FORM_WITHOUT_FILE'],
    ['with the folder after a file', form([['early', 'x'], 'late']), 'NS_BAD_REQUEST'],
    ['with a bad folder', form(['../up', ['x', 'x']]), 'NS_BAD_PATH'],
    ['with a name that climbs', form([['../x', 'x']]), 'NS_BAD_PATH'],
    ['with a name that climbs in the middle', form(['a', ['b/../../x', 'x']]), 'NS_BAD_PATH'],
    ['with an absolute name', form([['/etc/passwd', 'x']]), 'NS_BAD_PATH'],
    ['with a name of 256 bytes', form([['n'.repeat(256), 'x']]), 'NS_BAD_PATH'],
  ])('%s', async (_, body, code) => {
    const answer = await post(body);
    expect((await problemOf(answer)).code).toBe(code);
  });

  test('with another field', async () => {
    const body = form([['x', 'x']]);
    body.set('colour', 'red');
    expect((await problemOf(await post(body))).code).toBe('NS_BAD_REQUEST');
  });

  test('with two folders', async () => {
    expect((await post(form(['a', 'b', ['x', 'x']]))).status).toBe(413);
  });

  test('of another content type', async () => {
    expect((await bench.fetch(FILES, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(415);
  });

  test('says which files had been stored before it failed', async () => {
    const answer = await post(form(['half', ['one', '1'], ['two', '2'], ['..', '3'], ['four', '4']]));
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toMatch(/Stored before that: "half\/one", "half\/two"$/);
    expect(await contentOf('half/two')).toBe('2');
    expect((await bench.fetch(`${FILES}/half/four`)).status).toBe(404);
  });

  test('with 10,000 parts', async () => {
    const boundary = 'edge';
    const parts = Array.from(
      { length: 10_000 },
      (_, at) => `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f${at}"\r\n\r\n\r\n`,
    );
    const body = Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const answer = await bench.fetch(FILES, { method: 'POST', body, headers });
    expect(answer.status).toBe(413);
    const problem = await problemOf(answer);
    expect(problem.code).toBe('NS_BODY_TOO_LARGE');
    expect(problem.detail).toMatch(/"f19" and 980 more$/);
  }, 60_000);

  test('without its end, and leaves no file that had no end', async () => {
    const token = bench.auth.token(bench.alice);
    const body = '--e\r\nContent-Disposition: form-data; name="file"; filename="torn"\r\n\r\nhalf of a fi';
    const head = [`POST ${FILES} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`];
    const lines = [...head, 'Content-Type: multipart/form-data; boundary=e', `Content-Length: ${body.length}`];
    expect((await rawRequest(bench.url, lines, body)).status).toBe(400);
    expect((await bench.fetch(`${FILES}/torn`)).status).toBe(404);
    await vi.waitFor(async () => expect(await bench.metric('netstore_uploads_active')).toBe(0));
  });

  test('by the client, who vanished', async () => {
    const socket = await openSocket(bench.url);
    const token = bench.auth.token(bench.alice);
    const head = [`POST ${FILES} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, 'Content-Length: 900000'];
    socket.write(`${[...head, 'Content-Type: multipart/form-data; boundary=e'].join('\r\n')}\r\n\r\n`);
    socket.write('--e\r\nContent-Disposition: form-data; name="file"; filename="gone"\r\n\r\nhalf of a fi');
    await vi.waitFor(async () => expect(await bench.metric('netstore_uploads_active')).toBe(1));
    socket.destroy();
    await vi.waitFor(async () => expect(await bench.metric('netstore_uploads_active')).toBe(0));
    expect((await bench.fetch(`${FILES}/gone`)).status).toBe(404);
  });

  test('by the cluster, and the next request on the connection is answered', async () => {
    bench.node(0).before = ({ name }) => {
      if (name === 'PUT_BLOB') throw new NetStoreError('NS_DISK_FULL', 'full');
    };
    expect((await post(form([['full', randomBytes(3_000_000)]]))).status).toBe(507);
    bench.resetNodes();
    expect((await post(form([['not-full', 'x']]))).status).toBe(201);
  });
});
