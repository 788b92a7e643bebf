import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { ConnectionPool, type ConnectionPoolOptions } from './connection-pool.ts';
import { askHoldings, codeOf, SOON, startListener, type TestListener, until } from './testing/peers.ts';

interface TestPool extends AsyncDisposable {
  readonly server: TestListener;
  readonly pool: ConnectionPool;
  /** Every connection that was opened, in order. */
  readonly opened: Connection[];
}

async function startPool(options: Partial<ConnectionPoolOptions> = {}): Promise<TestPool> {
  const server = await startListener();
  const opened: Connection[] = [];
  const connect = async (signal: AbortSignal): Promise<Connection> => {
    const connection = await server.open({ signal });
    opened.push(connection);
    return connection;
  };
  const pool = new ConnectionPool({ connect, ...options });
  const dispose = async (): Promise<void> => {
    await pool[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, pool, opened, [Symbol.asyncDispose]: dispose };
}

/** Takes a connection and keeps it until told to give it back. */
function occupy(pool: ConnectionPool): {
  readonly taken: Promise<Connection>;
  readonly giveBack: () => void;
  readonly done: Promise<void>;
} {
  const taken = Promise.withResolvers<Connection>();
  const release = Promise.withResolvers<void>();
  const done = pool.use(async (connection) => {
    taken.resolve(connection);
    await release.promise;
  });
  done.catch(taken.reject);
  return { taken: taken.promise, giveBack: release.resolve, done };
}

describe('a connection', () => {
  test('is used again after a conversation', async () => {
    await using fixture = await startPool();
    for (let round = 0; round < 20; round += 1) await fixture.pool.use(askHoldings);
    expect(fixture.opened).toHaveLength(1);
    expect(fixture.pool.counts).toEqual({ idle: 1, open: 1, waiting: 0 });
  });

  test('is used again after a FAILURE that ended the conversation', async () => {
    await using fixture = await startPool();
    await fixture.pool.use(askHoldings);
    const [connection] = fixture.opened;
    const failing = fixture.pool.use((used) => used.request('GET_STATUS', { requestId: 'test' }, 'STATUS', SOON));
    expect(await codeOf(failing)).toBe('NS_CONFLICT');
    expect(connection?.conversation).toBeUndefined();
  });

  test('is never in two conversations at once', async () => {
    await using fixture = await startPool({ connectionsMax: 4 });
    const inUse = new Set<Connection>();
    const converse = (): Promise<void> =>
      fixture.pool.use(async (connection) => {
        expect(inUse.has(connection)).toBe(false);
        inUse.add(connection);
        await askHoldings(connection);
        inUse.delete(connection);
      });
    await Promise.all(Array.from({ length: 100 }, converse));
    expect(fixture.opened.length).toBeLessThanOrEqual(4);
  });

  test.each([
    ['an error in the middle', true],
    ['nothing but silence', false],
  ])('that is left in a conversation with %s is closed', async (_what, throws) => {
    await using fixture = await startPool();
    const leaving = fixture.pool.use(async (connection) => {
      await connection.send('GET_HOLDINGS', { requestId: 'test', contentId: 1 });
      if (throws) throw new NetStoreError('NS_CONFLICT', 'given up');
    });
    expect(await codeOf(leaving)).toBe(throws ? 'NS_CONFLICT' : 'no error');
    expect(fixture.opened[0]?.isBroken).toBe(true);
    expect(fixture.pool.counts).toEqual({ idle: 0, open: 0, waiting: 0 });
  });

  test('that the peer closed while it was idle is not used again', async () => {
    await using fixture = await startPool();
    await fixture.pool.use(askHoldings);
    await fixture.server[Symbol.asyncDispose]();
    await until(() => fixture.pool.counts.open === 0);
    expect(await codeOf(fixture.pool.use(askHoldings))).toBe('NS_UNAVAILABLE');
    expect(fixture.pool.counts.open).toBe(0);
  });

  test('that breaks between its last use and the next is passed over', async () => {
    await using fixture = await startPool();
    await fixture.pool.use(askHoldings);
    fixture.opened[0]?.destroy(new NetStoreError('NS_CONNECTION_LOST', 'broken by the test'));
    expect(await fixture.pool.use(askHoldings)).toMatchObject({ state: 'held' });
    expect(fixture.opened).toHaveLength(2);
    expect(fixture.pool.counts.open).toBe(1);
  });

  test('that nobody uses is closed after a while', async () => {
    await using fixture = await startPool({ idleTimeoutMs: 50 });
    await fixture.pool.use(askHoldings);
    await until(() => fixture.pool.counts.open === 0);
    expect(fixture.opened[0]?.isBroken).toBe(true);
  });
});

describe('more conversations than connections', () => {
  test('wait for their turn, first come first served', async () => {
    await using fixture = await startPool({ connectionsMax: 1 });
    const first = occupy(fixture.pool);
    await first.taken;
    const order: number[] = [];
    const waiting = [1, 2, 3].map((number) => fixture.pool.use(async () => order.push(number)));
    await until(() => fixture.pool.counts.waiting === 3);
    first.giveBack();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(fixture.opened).toHaveLength(1);
  });

  test('get a new connection when the one before was closed', async () => {
    await using fixture = await startPool({ connectionsMax: 1 });
    const first = occupy(fixture.pool);
    const connection = await first.taken;
    const second = fixture.pool.use(askHoldings);
    connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'broken by the test'));
    first.giveBack();
    expect(await second).toMatchObject({ state: 'held' });
    expect(fixture.opened).toHaveLength(2);
  });

  test('are refused when too many wait already, or for too long', async () => {
    await using fixture = await startPool({ connectionsMax: 1, waitersMax: 1, waitTimeoutMs: 100 });
    const first = occupy(fixture.pool);
    await first.taken;
    const second = codeOf(fixture.pool.use(askHoldings));
    expect(await codeOf(fixture.pool.use(askHoldings))).toBe('NS_BUSY');
    expect(await second).toBe('NS_BUSY');
    first.giveBack();
    await first.done;
    expect(fixture.pool.counts).toEqual({ idle: 1, open: 1, waiting: 0 });
  });

  test('can be called off', async () => {
    await using fixture = await startPool({ connectionsMax: 1 });
    const first = occupy(fixture.pool);
    await first.taken;
    const aborting = new AbortController();
    const second = codeOf(fixture.pool.use(askHoldings, { signal: aborting.signal }));
    aborting.abort(new NetStoreError('NS_UNAVAILABLE', 'called off'));
    expect(await second).toBe('NS_UNAVAILABLE');
    first.giveBack();
    await first.done;
    expect(await fixture.pool.use(askHoldings)).toMatchObject({ state: 'held' });
  });
});

describe('a pool', () => {
  test('frees the place of a connection that could not be opened', async () => {
    await using fixture = await startPool({
      connectionsMax: 1,
      connect: () => Promise.reject(new NetStoreError('NS_UNAVAILABLE', 'nobody there')),
    });
    const all = Array.from({ length: 5 }, () => codeOf(fixture.pool.use(askHoldings)));
    expect(await Promise.all(all)).toEqual(Array(5).fill('NS_UNAVAILABLE'));
    expect(fixture.pool.counts).toEqual({ idle: 0, open: 0, waiting: 0 });
  });

  test('that is closed while it connects closes that connection, too', async () => {
    await using server = await startListener();
    const connecting = Promise.withResolvers<Connection>();
    const pool = new ConnectionPool({ connect: () => connecting.promise });
    const using = codeOf(pool.use(askHoldings));
    await pool[Symbol.asyncDispose]();
    const connection = await server.open();
    connecting.resolve(connection);
    expect(await using).toBe('NS_UNAVAILABLE');
    await connection.closed;
  });

  test('that is closed closes its connections, also those in use, and gives out no more', async () => {
    const fixture = await startPool({ connectionsMax: 1 });
    const first = occupy(fixture.pool);
    const connection = await first.taken;
    const waiting = codeOf(fixture.pool.use(askHoldings));
    await fixture.pool[Symbol.asyncDispose]();
    expect(connection.isBroken).toBe(true);
    expect(await waiting).toBe('NS_UNAVAILABLE');
    expect(await codeOf(fixture.pool.use(askHoldings))).toBe('NS_UNAVAILABLE');
    first.giveBack();
    await fixture.server[Symbol.asyncDispose]();
  });
});
