/**
 * Notes every request of an audited route, refused ones among them, and begins none when there is no room for its entry. What is refused before
 * a route is found (no such route, a URL that is none) is no act and has no entry.
 */
import { type ErrorCode, isErrorCode, NetStoreError } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { holderOf } from '../auth/principal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { textOf } from './audit-text.ts';
import type { AuditTrail } from './audit-trail.ts';
import { AUDITED_ROUTES, type AuditedRoute, actionOf } from './audited-routes.ts';

/** An account is changed whether its entry could be kept in this time or not; it stays in the trail until it is. */
const KEPT_DEADLINE_MS = 5_000;
const KEPT_RETRY_MS = 100;

/** Before the first route is added, so that it stands before every other hook. */
export function auditRequests(app: GatewayApp, trail: AuditTrail): void {
  const done = new WeakSet<FastifyRequest>();
  app.decorateRequest('named', null);
  app.decorateRequest('noteOutcome', null);
  app.addHook('onRequest', async (request) => {
    const route = auditedRouteOf(request);
    if (route === undefined) return;
    if (!trail.hasRoom) {
      done.add(request);
      throw new NetStoreError('NS_UNAVAILABLE', 'The audit takes no entries now, and nothing is done without one');
    }
    // Of a connection that is gone nobody can tell any more where it came from.
    const address = request.ip;
    request.noteOutcome = (outcome) => {
      if (done.has(request)) return;
      done.add(request);
      note(trail, route, { request, address, outcome });
    };
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const route = auditedRouteOf(request);
    if (route === undefined || done.has(request)) return;
    request.noteOutcome?.(outcomeOf(reply, payload));
    if (route.isKept) await Promise.race([untilKept(trail), after(KEPT_DEADLINE_MS)]);
  });
  app.addHook('onClose', () => trail[Symbol.asyncDispose]());
}

function auditedRouteOf({ method, routeOptions }: FastifyRequest): AuditedRoute | undefined {
  const key = `${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`;
  return Object.hasOwn(AUDITED_ROUTES, key) ? AUDITED_ROUTES[key] : undefined;
}

interface Act {
  readonly request: FastifyRequest;
  readonly address: string;
  readonly outcome: 'ok' | ErrorCode;
}

function note(trail: AuditTrail, route: AuditedRoute, { request, address, outcome }: Act): void {
  const { principal, named } = request;
  const holder = principal === null ? named?.holder : holderOf(principal);
  trail.note({
    timeMs: Date.now(),
    actorId: principal?.userId ?? named?.userId ?? null,
    via: holder === undefined ? null : `${holder.kind}:${holder.id}`,
    address,
    action: actionOf(route, request),
    space: named?.space ?? textOf((request.params as { space?: unknown }).space),
    path: named?.path ?? textOf(whatItSays(route.path, request)),
    subject: textOf(whatItSays(route.subject, request)),
    outcome,
    requestId: request.id,
  });
}

/** A request that was refused may be of any shape: what it names badly is told as it came. */
function whatItSays(look: AuditedRoute['path'], request: FastifyRequest): unknown {
  try {
    return look(request);
  } catch {
    return request.raw.url;
  }
}

function outcomeOf({ statusCode }: FastifyReply, payload: unknown): 'ok' | ErrorCode {
  if (statusCode < 400) return 'ok';
  const [, code] = (typeof payload === 'string' && /"code":"(NS_[A-Z_]+)"/.exec(payload)) || [];
  return isErrorCode(code) ? code : 'NS_INTERNAL';
}

async function untilKept(trail: AuditTrail): Promise<void> {
  const giveUpAtMs = performance.now() + KEPT_DEADLINE_MS;
  while (!(await trail.flush()) && performance.now() < giveUpAtMs) await after(KEPT_RETRY_MS);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
