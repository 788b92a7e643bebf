import type { Session } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { ApiProblem, unreachable } from './api-problem.ts';
import { type SessionPorts, SessionStore } from './session-store.ts';

const refused = (): ApiProblem => new ApiProblem('No session.', { code: 'NS_UNAUTHENTICATED', status: 401 });

/** One browser with any number of tabs: a clock, a lock, and a server that issues t1, t2, … */
function browser(options: { readonly wasSignedIn?: boolean } = {}) {
  const world = {
    nowMs: 0,
    issued: 0,
    refreshes: 0,
    ended: 0,
    isRemembered: options.wasSignedIn ?? true,
    failure: undefined as ApiProblem | undefined,
    timers: [] as { atMs: number; task: () => void }[],
  };
  const listeners: ((message: never) => void)[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const refresh = async (): Promise<Session> => {
    world.refreshes += 1;
    await Promise.resolve();
    if (world.failure !== undefined) throw world.failure;
    world.issued += 1;
    return { accessToken: `t${world.issued}`, expiresInSeconds: 600 };
  };
  const openTab = (): SessionStore => {
    let own: ((message: never) => void) | undefined;
    const ports: SessionPorts = {
      refresh,
      end: async () => {
        world.ended += 1;
      },
      now: () => world.nowMs,
      schedule: (task, delayMs) => {
        const timer = { atMs: world.nowMs + delayMs, task };
        world.timers.push(timer);
        return () => world.timers.splice(world.timers.indexOf(timer) >>> 0, 1);
      },
      exclusively: (task) => {
        const result = turn.then(task);
        turn = result.catch(() => undefined);
        return result;
      },
      tellTabs: (message) => {
        for (const listener of listeners) if (listener !== own) listener(message as never);
      },
      hearTabs: (listener) => {
        own = listener as (message: never) => void;
        listeners.push(own);
      },
      wasSignedIn: () => world.isRemembered,
      rememberSignedIn: (isSignedIn) => {
        world.isRemembered = isSignedIn;
      },
    };
    return new SessionStore(ports);
  };
  return { world, openTab };
}

describe('a session', () => {
  test('starts from the cookie where the browser was signed in', async () => {
    const { openTab } = browser();
    const session = openTab();
    await session.start();
    expect(session.state.get()).toEqual({ kind: 'signed-in' });
    expect(await session.token()).toBe('t1');
  });

  test('asks the server nothing where the browser was not', async () => {
    const { openTab, world } = browser({ wasSignedIn: false });
    const session = openTab();
    await session.start();
    expect(session.state.get()).toEqual({ kind: 'signed-out', hasExpired: false });
    expect(world.refreshes).toBe(0);
    await expect(session.token()).rejects.toMatchObject({ status: 401 });
  });

  test('is not ended by a server that is away, neither at the start nor later', async () => {
    const { openTab, world } = browser();
    const session = openTab();
    world.failure = unreachable();
    await session.start();
    expect(session.state.get()).toMatchObject({ kind: 'unreachable' });
    world.failure = undefined;
    await session.start();
    world.failure = unreachable();
    await expect(session.renew('t1')).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(session.state.get()).toEqual({ kind: 'signed-in' });
  });

  test('ends with the 401 of a renewal, and says that it has expired', async () => {
    const { openTab, world } = browser();
    const session = openTab();
    await session.start();
    world.failure = refused();
    await expect(session.renew('t1')).rejects.toMatchObject({ status: 401 });
    expect(session.state.get()).toEqual({ kind: 'signed-out', hasExpired: true });
    expect(world.isRemembered).toBe(false);
  });

  test('is renewed once for many callers', async () => {
    const { openTab, world } = browser();
    const session = openTab();
    await session.start();
    const tokens = await Promise.all([session.renew('t1'), session.renew('t1'), session.renew('t1')]);
    expect(tokens).toEqual(['t2', 't2', 't2']);
    expect(world.refreshes).toBe(2);
    expect(await session.renew('t1')).toBe('t2');
  });

  test('is renewed once for two tabs, and the second takes the token of the first', async () => {
    const { openTab, world } = browser();
    const [left, right] = [openTab(), openTab()];
    await left.start();
    expect(await right.token()).toBe('t1');
    const tokens = await Promise.all([left.renew('t1'), right.renew('t1')]);
    expect(tokens).toEqual(['t2', 't2']);
    expect(world.refreshes).toBe(2);
  });

  test('is renewed a minute before its token runs out, without anybody asking', async () => {
    const { openTab, world } = browser();
    const session = openTab();
    await session.start();
    const timer = world.timers[0];
    expect(timer?.atMs).toBe(540_000);
    world.nowMs = 540_000;
    timer?.task();
    await session.renew('t1');
    expect(await session.token()).toBe('t2');
  });

  test('never hands out a token that is about to run out', async () => {
    const { openTab, world } = browser();
    const session = openTab();
    await session.start();
    world.nowMs = 590_000;
    expect(await session.token()).toBe('t2');
  });

  test('that is ended in one tab is ended in all', async () => {
    const { openTab, world } = browser();
    const [left, right] = [openTab(), openTab()];
    await left.start();
    await left.end();
    expect([left.state.get().kind, right.state.get().kind]).toEqual(['signed-out', 'signed-out']);
    expect(world.ended).toBe(1);
  });
});
