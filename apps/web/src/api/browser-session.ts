/** The session store of a real browser: cookie routes, locks among tabs, a channel between them. */
import type { Session } from '@netstore/shared-types';
import { exchange } from './http.ts';
import { type SessionPorts, SessionStore } from './session-store.ts';

const NAME = 'netstore-session';

export function openBrowserSession(): SessionStore {
  const channel = new BroadcastChannel(NAME);
  const ports: SessionPorts = {
    refresh: async () => (await exchange({ method: 'POST', path: '/api/v1/sessions/refresh' })).json() as Promise<Session>,
    end: async () => {
      await exchange({ method: 'DELETE', path: '/api/v1/sessions/current' });
    },
    now: () => Date.now(),
    schedule: (task, delayMs) => {
      const timer = window.setTimeout(task, delayMs);
      return () => window.clearTimeout(timer);
    },
    exclusively,
    tellTabs: (message) => channel.postMessage(message),
    hearTabs: (listener) => channel.addEventListener('message', (event) => listener(event.data)),
    wasSignedIn: () => localStorage.getItem(NAME) !== null,
    rememberSignedIn: (isSignedIn) => (isSignedIn ? localStorage.setItem(NAME, '1') : localStorage.removeItem(NAME)),
  };
  return new SessionStore(ports);
}

/** Locks exist on HTTPS and on loopback; elsewhere the server's grace for a token used twice must do. */
function exclusively<Result>(task: () => Promise<Result>): Promise<Result> {
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? task() : (locks.request(NAME, task) as Promise<Result>);
}
