import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, NetStoreError, type OperationId, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeName } from '../testing/fake-tree.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { openSocket, rawRequest, readAnswer } from '../testing/raw-http.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const digestField = (bytes: Uint8Array): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

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

const put = (path: string, body: string | Buffer<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}): Promise<Response> =>
  bench.fetch(`${FILES}/${path}`, { method: 'PUT', body, headers, duplex: 'half' });
const entryOf = async (response: Response): Promise<Entry> => (await response.json()) as Entry;
const codeOf = async (response: Response): Promise<string> => ((await response.json()) as Problem).code;
const isThere = async (path: string): Promise<boolean> => (await bench.fetch(`${FILES}/${path}`, { method: 'HEAD' })).status === 200;

describe('PUT of a file', () => {
  test('stores the body and gives back the same bytes', async () => {
    const body = randomBytes(20 * MIB + 12_345);
    const answer = await put('films/a%20b.bin', body, { 'content-type': 'video/x-test' });
    expect(answer.status).toBe(201);
    const entry = await entryOf(answer);
    expect(entry).toMatchObject({
      kind: 'file',
      path: 'films/a b.bin',
      sizeBytes: body.length,
      sha256: sha256(body),
      contentType: 'video/x-test',
    });
    expect(answer.headers.get('etag')).toBe(`"${entry.version}"`);
    expect(answer.headers.get('x-netstore-version')).toBe(bench.tree.seq.toString(36));
    expect(answer.headers.get('x-netstore-replicas')).toBe('3/3');
    expect(answer.headers.get('repr-digest')).toBe(digestField(body));
    expect(answer.headers.get('location')).toBe(`${FILES}/films/a%20b.bin`);

    const got = await bench.fetch(`${FILES}/films/a%20b.bin`);
    expect(got.headers.get('content-length')).toBe(String(body.length));
    expect(sha256(await got.bytes())).toBe(entry.sha256);
  });

  test('stores an empty file and takes its type from the name', async () => {
    const answer = await put('empty.txt', '');
    expect(answer.status).toBe(201);
    expect(await entryOf(answer)).toMatchObject({ sizeBytes: 0, contentType: expect.stringContaining('text/plain') });
    expect(await (await bench.fetch(`${FILES}/empty.txt`)).text()).toBe('');
  });

  test('stores a body whose length is not announced', async () => {
    const parts = Array.from({ length: 40 }, () => randomBytes(100_000));
    const answer = await put('chunked.bin', ReadableStream.from(parts));
    expect(answer.status).toBe(201);
    expect((await entryOf(answer)).sha256).toBe(sha256(Buffer.concat(parts)));
  });

  test.each([['image/svg+xml'], ['multipart/form-data; boundary=x'], ['application/json'], ['application/x-www-form-urlencoded']])(
    'does not parse a body of type %s',
    async (contentType) => {
      const answer = await put('raw', 'not { any of these', { 'content-type': contentType });
      expect(answer.status).toBe(201);
      expect((await entryOf(answer)).contentType).toBe(contentType);
    },
  );

  test('refuses a content type that is none', async () => {
    expect((await put('x', 'x', { 'content-type': 'nonsense' })).status).toBe(415);
  });

  test('is refused without a token before a byte of the body is asked for', async () => {
    const answer = await rawRequest(bench.url, [`PUT ${FILES}/x HTTP/1.1`, 'Host: a', 'Content-Length: 1000000', 'Expect: 100-continue']);
    expect(answer.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.text).not.toContain('100 Continue');
  });

  test('asks for the body of a client that waits to be asked', async () => {
    const token = bench.auth.token(bench.alice);
    const head = [
      `PUT ${FILES}/asked.txt HTTP/1.1`,
      'Host: a',
      `Authorization: Bearer ${token}`,
      'Content-Length: 5',
      'Expect: 100-continue',
    ];
    const answer = await rawRequest(bench.url, head, 'hello');
    expect(answer.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  test('is not possible for a viewer, and a foreign space is not there', async () => {
    expect((await bench.fetch('/api/v1/spaces/shared/files/x', { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await bench.fetch('/api/v1/spaces/home-bob/files/x', { method: 'PUT', body: 'x' })).status).toBe(404);
  });

  test('tells a client why while it is still sending a body that nobody wants', async () => {
    const answer = await bench.fetch('/api/v1/spaces/shared/files/x', { method: 'PUT', body: randomBytes(30 * MIB) });
    expect(await codeOf(answer)).toBe('NS_FORBIDDEN');
  });
});

describe('what a client says of its body', () => {
  test('is believed when the digest is right', async () => {
    const body = randomBytes(1000);
    const fields = { 'content-digest': digestField(body), 'repr-digest': `md5=:AAAA:, ${digestField(body)}` };
    expect((await put('good', body, fields)).status).toBe(201);
  });

  test.each([['content-digest'], ['repr-digest']])('is refused when %s is another one, and nothing is left', async (field) => {
    const answer = await put('bad-digest', randomBytes(3 * MIB), { [field]: digestField(Buffer.from('other')) });
    expect(answer.status).toBe(400);
    expect(await codeOf(answer)).toBe('NS_DIGEST_MISMATCH');
    expect(await isThere('bad-digest')).toBe(false);
    await vi.waitFor(() => expect(bench.unreferenced()).toEqual(new Set(bench.tree.abandoned)));
    expect(bench.tree.abandoned.length).toBeGreaterThan(0);
  });

  test('is refused when the digest cannot be read', async () => {
    expect((await put('x', 'x', { 'content-digest': 'sha-256=:short:' })).status).toBe(400);
  });

  test('never becomes a file when the client vanishes in the middle', async () => {
    const socket = await openSocket(bench.url);
    const token = bench.auth.token(bench.alice);
    const lines = [`PUT ${FILES}/vanished.bin HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, `Content-Length: ${40 * MIB}`];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    socket.write(randomBytes(20 * MIB));
    await vi.waitFor(() => expect(bench.node(0).blobs.size).toBeGreaterThan(0), 5000);
    socket.destroy();
    await vi.waitFor(() => expect(bench.tree.abandoned.length).toBeGreaterThan(0), 5000);
    expect(await isThere('vanished.bin')).toBe(false);
    await vi.waitFor(async () => expect(await bench.metric('netstore_uploads_active')).toBe(0));
    expect(await bench.metric('netstore_upload_memory_bytes')).toBe(0);
  });

  test('is refused when both Transfer-Encoding and Content-Length are there', async () => {
    const token = bench.auth.token(bench.alice);
    const head = [
      `PUT ${FILES}/x HTTP/1.1`,
      'Host: a',
      `Authorization: Bearer ${token}`,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
    ];
    expect((await rawRequest(bench.url, head, '5\r\nhello\r\n0\r\n\r\n')).status).toBe(400);
  });
});

describe('conditions of a write', () => {
  test('If-None-Match: * makes a new file and nothing else', async () => {
    expect((await put('fresh', 'one', { 'if-none-match': '*' })).status).toBe(201);
    const again = await put('fresh', 'two', { 'if-none-match': '*' });
    expect(again.status).toBe(412);
    expect(await codeOf(again)).toBe('NS_PRECONDITION_FAILED');
    expect(await (await bench.fetch(`${FILES}/fresh`)).text()).toBe('one');
    await vi.waitFor(() => expect(bench.unreferenced()).toEqual(new Set(bench.tree.abandoned)));
  });

  test('If-Match replaces the version it names and no other', async () => {
    const { version } = await entryOf(await put('matched', 'one'));
    expect((await put('matched', 'two', { 'if-match': '"zzz"' })).status).toBe(412);
    expect((await put('matched', 'two', { 'if-match': `"${version}"` })).status).toBe(201);
    expect((await put('matched', 'three', { 'if-match': `"${version}"` })).status).toBe(412);
    expect((await put('unmatched', 'x', { 'if-match': '*' })).status).toBe(412);
  });
});

describe('Idempotency-Key', () => {
  test('gives the first answer again and stores nothing again', async () => {
    const first = await entryOf(await put('keyed', 'content', { 'idempotency-key': 'key-1' }));
    const blobs = bench.node(0).blobs.size;
    const second = await put('keyed', 'content', { 'idempotency-key': 'key-1' });
    expect(second.status).toBe(201);
    expect((await entryOf(second)).version).toBe(first.version);
    expect(bench.node(0).blobs.size).toBe(blobs);
  });

  test('gives the first answer again with the copies that are known now, also when they are fewer', async () => {
    await put('fewer', 'content', { 'idempotency-key': 'key-fewer' });
    const [operationId, committed] = [...bench.tree.outcomes].at(-1) ?? [];
    if (operationId === undefined || committed === undefined) throw new Error('Nothing was committed');
    bench.tree.outcomes.set(operationId, { ...committed, replicas: { durable: 1, total: 3 } });
    const again = await put('fewer', 'content', { 'idempotency-key': 'key-fewer' });
    expect([again.status, again.headers.get('x-netstore-replicas')]).toEqual([201, '1/3']);
    expect((await entryOf(again)).replicas).toEqual({ durable: 1, total: 3 });
  });

  test('gives the copies that are known now, also when the answer of the commit was lost', async () => {
    bench.node(0).beforeAnswer = (message, connection) => {
      const { operationId } = message.body as { operationId: OperationId };
      const committed = bench.tree.outcomes.get(operationId);
      if (committed?.isReplay !== false || committed.replicas.durable === 1) return;
      bench.tree.outcomes.set(operationId, { ...committed, replicas: { durable: 1, total: 3 } });
      connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
    };
    const answer = await put('lost-and-fewer', 'content');
    expect([answer.status, answer.headers.get('x-netstore-replicas')]).toEqual([201, '1/3']);
  });

  test('is refused for another path and for other content', async () => {
    await put('keyed-2', 'content', { 'idempotency-key': 'key-2' });
    expect(await codeOf(await put('elsewhere', 'content', { 'idempotency-key': 'key-2' }))).toBe('NS_OPERATION_ID_REUSED');
    expect(await codeOf(await put('keyed-2', 'another', { 'idempotency-key': 'key-2' }))).toBe('NS_OPERATION_ID_REUSED');
  });

  test('belongs to one person', async () => {
    const bob = bench.auth.person('bob');
    await put('mine', 'mine', { 'idempotency-key': 'key-3' });
    const options = { method: 'PUT', body: 'his', headers: { 'idempotency-key': 'key-3' }, person: bob };
    expect((await bench.fetch('/api/v1/spaces/home-bob/files/his', options)).status).toBe(201);
  });

  test.each([[''], ['with space'], ['é'], ['k'.repeat(256)]])('is refused when it is %j', async (key) => {
    expect((await put('x', 'x', { 'idempotency-key': key })).status).toBe(400);
  });
});

describe('an upload while the cluster has trouble', () => {
  test('follows the primary to another node', async () => {
    bench.roles.primary = nodeName(2);
    bench.roles.epoch += 1;
    expect((await put('moved-primary', randomBytes(MIB))).status).toBe(201);
  });

  test('sends a blob again when the connection breaks in the middle of it', async () => {
    let breaks = 2;
    bench.node(0).before = (message, connection) => {
      if (message.name === 'PUT_BLOB' && breaks-- > 0) connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
    };
    const body = randomBytes(9 * MIB);
    const answer = await put('broken', body);
    expect(answer.status).toBe(201);
    expect(breaks).toBeLessThan(1);
    expect(sha256(await (await bench.fetch(`${FILES}/broken`)).bytes())).toBe(sha256(body));
  });

  test('commits once when the answer to the commit is lost', async () => {
    let losses = 1;
    bench.node(0).beforeAnswer = (_message, connection) => {
      if (losses-- > 0) connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
    };
    const before = bench.tree.seq;
    const answer = await put('lost-answer', 'x');
    expect(answer.status).toBe(201);
    expect(bench.tree.seq).toBe(before + 1);
    // The blobs of the one put that happened are not abandoned into nothing: the nodes leave referenced ones alone.
    expect(await (await bench.fetch(`${FILES}/lost-answer`)).text()).toBe('x');
  });

  test('says that it does not know when no node answers, and abandons nothing', async () => {
    bench.node(0).beforeAnswer = async (_message, connection) => {
      bench.roles.primary = null;
      connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
    };
    const abandoned = bench.tree.abandoned.length;
    const answer = await put('unknown', 'x');
    expect(answer.status).toBe(503);
    await sleep(100);
    expect(bench.tree.abandoned.length).toBe(abandoned);
    bench.roles.primary = nodeName(0);
    expect(await isThere('unknown')).toBe(true);
  }, 30_000);

  test('answers 507 at once when the disks are full', async () => {
    bench.node(0).before = (message) => {
      if (message.name === 'PUT_BLOB') throw new NetStoreError('NS_DISK_FULL', 'full');
    };
    const startedAtMs = performance.now();
    const answer = await put('full', randomBytes(30 * MIB));
    expect(answer.status).toBe(507);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
    expect(await isThere('full')).toBe(false);
  });

  test('says unavailable when parts were lost between their arrival and the commit', async () => {
    bench.node(0).before = async (message, connection) => {
      if (message.name === 'COMMIT') await connection.send('BLOBS_MISSING', { blobIds: [...bench.node(0).blobs.keys()].slice(0, 1) });
    };
    bench.node(0).answersItself = true;
    const answer = await put('lost-parts', 'x');
    expect(answer.status).toBe(503);
    expect(await codeOf(answer)).toBe('NS_UNAVAILABLE');
  });
});

describe('the limits of uploads', () => {
  test('hold when 40 large uploads come at once: all succeed within the budget', async () => {
    await using small = await GatewayBench.start({ config: { uploadMemoryBytes: 4 * MIB } });
    const bodies = Array.from({ length: 40 }, () => randomBytes(700_000));
    const used: number[] = [];
    small.node(0).before = async ({ name }) => {
      if (name === 'PUT_BLOB') used.push(await small.metric('netstore_upload_memory_bytes'));
    };
    const answers = await Promise.all(bodies.map((body, index) => small.fetch(`${FILES}/many/${index}`, { method: 'PUT', body })));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 201));
    expect(Math.max(...used)).toBeGreaterThan(MIB);
    expect(Math.max(...used)).toBeLessThanOrEqual(4 * MIB);
    const got = await Promise.all(bodies.map((_, index) => small.fetch(`${FILES}/many/${index}`).then((answer) => answer.bytes())));
    expect(got.map(sha256)).toEqual(bodies.map(sha256));
    expect(await small.metric('netstore_upload_memory_bytes')).toBe(0);
  }, 30_000);

  test('let a second request follow on the same connection', async () => {
    const socket = await openSocket(bench.url);
    const token = bench.auth.token(bench.alice);
    const request = (name: string, more = ''): string =>
      [`PUT ${FILES}/${name} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, 'Content-Length: 3', more, '', 'abc']
        .filter((line, at) => line !== '' || at > 4)
        .join('\r\n');
    socket.write(request('twice/../x'));
    socket.write(request('second', 'Connection: close'));
    const { text } = await readAnswer(socket);
    expect(text.match(/HTTP\/1\.1 (\d{3})/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 201']);
  });
});
