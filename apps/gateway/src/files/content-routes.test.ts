import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, NetStoreError, type Problem, type Ticket } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { openSocket, rawRequest } from '../testing/raw-http.ts';

const SPACE = '/api/v1/spaces/home-alice';
const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');

const content = randomBytes(18 * MIB + 321);
let bench: GatewayBench;
let entry: Entry;

async function put(path: string, body: string | Buffer<ArrayBuffer>, contentType = 'application/octet-stream'): Promise<Entry> {
  const answer = await bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body, headers: { 'content-type': contentType } });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Entry;
}
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => bench.fetch(`${SPACE}/files/${path}`, { headers });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

beforeAll(async () => {
  // Two blobs a page: walking from page to page is part of every test here.
  bench = await GatewayBench.start({ manifestPageBlobs: 2 });
  entry = await put('big.bin', content);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});
beforeEach(async () => {
  bench.resetNodes();
});

describe('GET of a file', () => {
  test('describes what it sends', async () => {
    const answer = await get('big.bin');
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-length': String(content.length),
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename=big.bin',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cross-origin-resource-policy': 'same-origin',
      etag: `"${entry.version}"`,
      'referrer-policy': 'no-referrer',
      'repr-digest': `sha-256=:${Buffer.from(entry.sha256 ?? '', 'hex').toString('base64')}:`,
      'x-content-type-options': 'nosniff',
      'x-netstore-version': bench.tree.seq.toString(36),
    });
    expect(sha256(await answer.bytes())).toBe(entry.sha256);
  });

  test('asks for the bytes of a small file once, though they also show its type', async () => {
    await put('small.png', PNG, 'image/png');
    let reads = 0;
    for (const node of bench.nodes)
      node.before = ({ name }) => {
        if (name === 'READ_BLOB') reads += 1;
      };
    const answer = await get('small.png');
    expect(answer.headers.get('content-disposition')).toBe('inline; filename=small.png');
    expect(Buffer.from(await answer.bytes())).toEqual(PNG);
    expect(reads).toBe(1);
  });

  test('HEAD says the same without a body', async () => {
    const [head, whole] = await Promise.all([bench.fetch(`${SPACE}/files/big.bin`, { method: 'HEAD' }), get('big.bin')]);
    await whole.body?.cancel();
    const told = (answer: Response): object => ({
      ...Object.fromEntries(answer.headers),
      connection: '',
      date: '',
      'keep-alive': '',
      'x-request-id': '',
    });
    expect(told(head)).toEqual(told(whole));
    expect(await head.text()).toBe('');
  });

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=100-65535', 100, 65_535],
    ['bytes=65535-65536', 65_535, 65_536],
    ['bytes=8388600-8388620', 8_388_600, 8_388_620],
    ['bytes=16777200-', 16_777_200, content.length - 1],
    ['bytes=-7', content.length - 7, content.length - 1],
    ['bytes=5-99999999999', 5, content.length - 1],
    ['bytes=-99999999999', 0, content.length - 1],
  ])('answers %s with exactly these bytes', async (range, first, last) => {
    const answer = await get('big.bin', { range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/${content.length}`);
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1));
    expect(sha256(await answer.bytes())).toBe(sha256(content.subarray(first, last + 1)));
  });

  test.each([['bytes=0-1,5-6'], ['lines=1-2'], ['bytes=9-3'], ['bytes=x-y'], ['bytes=']])('sends the whole file for %s', async (range) => {
    const answer = await get('big.bin', { range });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe(String(content.length));
    await answer.body?.cancel();
  });

  test.each([[`bytes=${content.length}-`], ['bytes=-0']])('refuses %s, which holds no byte', async (range) => {
    const answer = await get('big.bin', { range });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe(`bytes */${content.length}`);
    expect(await codeOf(answer)).toBe('NS_RANGE_NOT_SATISFIABLE');
  });

  test('honours conditions', async () => {
    const etag = `"${entry.version}"`;
    expect((await get('big.bin', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('big.bin', { 'if-none-match': `"x", W/${etag}` })).status).toBe(304);
    expect((await get('big.bin', { 'if-match': '"x"' })).status).toBe(412);
    expect((await get('big.bin', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    const changed = await get('big.bin', { range: 'bytes=0-1', 'if-range': '"x"' });
    expect(changed.status).toBe(200);
    await changed.body?.cancel();
  });

  test('gives back an older version by its name', async () => {
    const first = await put('versioned', 'one');
    const second = await put('versioned', 'two');
    expect(await (await get('versioned')).text()).toBe('two');
    expect(await (await get(`versioned?version=${first.version}`)).text()).toBe('one');
    expect(await (await get(`versioned?version=${second.version}`)).text()).toBe('two');
    expect((await get('versioned?version=zzzz')).status).toBe(404);
    expect((await get('versioned?version=UPPER')).status).toBe(400);
    expect((await get('versioned?colour=red')).status).toBe(400);
  });

  test('knows a folder and nothing from a file', async () => {
    await bench.fetch(`${SPACE}/operations`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'make-folder', path: 'a-folder' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await codeOf(await get('a-folder'))).toBe('NS_PATH_IS_FOLDER');
    expect(await codeOf(await get('nothing'))).toBe('NS_NOT_FOUND');
  });
});

describe('reading while copies are bad', () => {
  test('replaces a node that sends damaged chunks, in mid-stream', async () => {
    for (const index of [0, 1]) for (const blobId of bench.node(index).blobs.keys()) bench.node(index).damaged.add(blobId);
    for (let round = 0; round < 3; round += 1) expect(sha256(await (await get('big.bin')).bytes())).toBe(entry.sha256);
  });

  test('goes on with one node, and says that what it says may be old', async () => {
    await bench.stopNode(0);
    await bench.stopNode(1);
    try {
      const answer = await get('big.bin');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-netstore-stale')).toBe('possibly');
      expect(sha256(await answer.bytes())).toBe(entry.sha256);
      const codeAt = async (path: string): Promise<string> => codeOf(await bench.fetch(`${SPACE}/${path}`));
      expect(await codeAt('files/never-there')).toBe('NS_UNAVAILABLE');
      // Only the first question waited for a primary.
      const startedAtMs = performance.now();
      expect([await codeAt('entries/never-there'), await codeAt('entries?folder=never-there')]).toEqual([
        'NS_UNAVAILABLE',
        'NS_UNAVAILABLE',
      ]);
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
      expect((await bench.fetch(`${SPACE}/entries`)).headers.get('x-netstore-stale')).toBe('possibly');
      expect((await bench.fetch(`${SPACE}/entries/big.bin`)).headers.get('x-netstore-stale')).toBe('possibly');
    } finally {
      await bench.startNode(0);
      await bench.startNode(1);
    }
  }, 30_000);

  test('survives the death of the node it reads from', async () => {
    let reads = 0;
    for (const node of bench.nodes) {
      node.before = async (message, connection) => {
        reads += 1;
        if (message.name === 'READ_BLOB' && reads % 2 === 0) connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
      };
    }
    // Each run of chunks may be refused by one node; never by all three in a row.
    expect(sha256(await (await get('big.bin')).bytes())).toBe(entry.sha256);
  });

  test('never ends cleanly when no replica has a part', async () => {
    const [, second] = bench.tree.blobIdsOf(bench.tree.row(home(), 'big.bin')?.file?.contentId ?? 0);
    const kept = bench.nodes.map((node) => [node, node.blobs.get(second ?? ('' as never))] as const);
    for (const [node] of kept) node.blobs.delete(second ?? ('' as never));
    const answer = await get('big.bin');
    expect(answer.status).toBe(200);
    await expect(answer.bytes()).rejects.toThrow();
    for (const [node, bytes] of kept) if (bytes !== undefined && second !== undefined) node.blobs.set(second, bytes);
    expect(sha256(await (await get('big.bin')).bytes())).toBe(entry.sha256);
  });

  test('never ends cleanly when the bytes do not have the digest of the file', async () => {
    await put('swapped', randomBytes(2 * MIB));
    const [blobId] = bench.tree.blobIdsOf(bench.tree.row(home(), 'swapped')?.file?.contentId ?? 0);
    for (const node of bench.nodes) if (blobId !== undefined) node.blobs.set(blobId, randomBytes(2 * MIB));
    const token = bench.auth.token(bench.alice);
    const answer = await rawRequest(bench.url, [`GET ${SPACE}/files/swapped HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`]);
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBeLessThan(2 * MIB);
  });

  test('takes a primary whose epoch is over for a node that may be behind', async () => {
    bench.roles.epoch = 9;
    await put('dated', 'x');
    bench.roles.epoch = 8;
    const answer = await get('dated');
    bench.roles.epoch = 9;
    expect(answer.headers.get('x-netstore-stale')).toBe('possibly');
  }, 20_000);
});

describe('a slow or vanished reader', () => {
  test('holds no connection to a node and bounded memory', async () => {
    const socket = await openSocket(bench.url);
    socket.pause();
    socket.write(`GET ${SPACE}/files/big.bin HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${bench.auth.token(bench.alice)}\r\n\r\n`);
    await vi.waitFor(async () => expect(await bench.metric('netstore_downloads_active')).toBe(1), 5000);
    const reads: string[] = [];
    for (const node of bench.nodes) node.before = ({ name }) => void reads.push(name);
    await sleep(300);
    // What was asked for by now was read ahead; nothing more is fetched for a client that takes nothing.
    const { length } = reads;
    await sleep(300);
    expect(reads.length).toBe(length);
    socket.destroy();
    await vi.waitFor(async () => expect(await bench.metric('netstore_downloads_active')).toBe(0), 5000);
  });
});

describe('tickets', () => {
  const ticketFor = async (request: object): Promise<Response> =>
    bench.fetch(`${SPACE}/tickets`, { method: 'POST', body: JSON.stringify(request), headers: { 'content-type': 'application/json' } });
  const open = async (request: object): Promise<Response> => {
    const ticket = (await (await ticketFor(request)).json()) as Ticket;
    return fetch(bench.url + ticket.url);
  };

  test('give the bytes to whoever has the link, by ranges too', async () => {
    const answer = await ticketFor({ path: 'big.bin', disposition: 'attachment' });
    expect(answer.status).toBe(201);
    const { url, expiresInSeconds } = (await answer.json()) as Ticket;
    expect(expiresInSeconds).toBeLessThanOrEqual(12 * 3600);
    expect(url).toMatch(/^\/content\/[\w.-]+\/big\.bin$/);
    const got = await fetch(bench.url + url, { headers: { range: 'bytes=10-19' } });
    expect(got.status).toBe(206);
    expect(Buffer.from(await got.arrayBuffer())).toEqual(content.subarray(10, 20));
  });

  test('stay with the version they were made for', async () => {
    await put('pinned', 'old');
    const { url } = (await (await ticketFor({ path: 'pinned', disposition: 'inline' })).json()) as Ticket;
    await put('pinned', 'new');
    expect(await (await fetch(bench.url + url)).text()).toBe('old');
  });

  test.each([
    ['pixel.png', PNG, 'text/html', 'inline', 'image/png'],
    ['page.html', Buffer.from('<!doctype html><script>alert(1)</script>'), 'text/html', 'inline', 'text/plain; charset=utf-8'],
    [
      'picture.svg',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'image/svg+xml',
      'inline',
      'text/plain; charset=utf-8',
    ],
    ['prog.bin', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]), 'image/png', 'attachment', 'image/png'],
    ['notes.txt', Buffer.from('Grüße'), 'application/x-strange', 'inline', 'text/plain; charset=utf-8'],
    ['doc.pdf', Buffer.from('%PDF-1.7\n%äöü\n1 0 obj\n'), 'application/pdf', 'inline', 'application/pdf'],
  ])('show %s by its bytes, not by its word', async (name, bytes, ...[stored, disposition, shown]) => {
    await put(name, bytes, stored);
    const answer = await open({ path: name, disposition: 'inline' });
    expect(answer.headers.get('content-type')).toBe(shown);
    expect(answer.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}`));
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect(answer.headers.get('content-security-policy')?.startsWith('sandbox')).toBe(shown !== 'application/pdf');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  test('are refused when they were changed, or are none', async () => {
    const { url } = (await (await ticketFor({ path: 'big.bin', disposition: 'inline' })).json()) as Ticket;
    const [, , ticket = ''] = url.split('/');
    for (const bad of ['x', 'a.b', `A${ticket.slice(1)}`, `${ticket.slice(0, -2)}AA`, `${ticket}.x`, `.${ticket.split('.')[1]}`]) {
      expect((await fetch(`${bench.url}/content/${bad}/big.bin`)).status).toBe(404);
    }
  });

  test('end with the session they were made in', async () => {
    const eve = bench.auth.person('eve');
    const made = await bench.fetch('/api/v1/spaces/home-eve/files/x', { method: 'PUT', body: 'x', person: eve });
    expect(made.status).toBe(201);
    const body = JSON.stringify({ path: 'x', disposition: 'inline' });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' }, person: eve };
    const { url } = (await (await bench.fetch('/api/v1/spaces/home-eve/tickets', init)).json()) as Ticket;
    bench.auth.end(eve.sessionId);
    expect((await fetch(bench.url + url)).status).toBe(401);
  });

  test('are not made for what is not there', async () => {
    expect((await ticketFor({ path: 'nothing', disposition: 'inline' })).status).toBe(404);
    expect((await ticketFor({ path: '../x', disposition: 'inline' })).status).toBe(400);
    expect((await ticketFor({ path: 'big.bin', disposition: 'sideways' })).status).toBe(400);
    expect((await ticketFor({ path: 'big.bin', disposition: 'inline', more: 1 })).status).toBe(400);
  });
});

const home = (): string => bench.alice.spaces.get('home-alice')?.id ?? '';
