/**
 * Notes every request of an audited route, refused ones among them, and begins none when there is no room for its entry. What is refused before
 * a route is found (no such route, a URL that is none) is no act and has no entry.
 */
import { isErrorCode, NetStoreError } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { holderOf } from '../auth/principal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import type { AuditTrail } from './audit-trail.ts';
import { AUDITED_ROUTES, type AuditedRoute, actionOf } from './audited-routes.ts';

const TEXT_CHARACTERS_MAX = 4096;
/** An account is changed whether its entry could be kept in this time or not; it stays in the trail until it is. */
const KEPT_DEADLINE_MS = 5_000;

/** Before the first route is added, so that it stands before every other hook. */
export function auditRequests(app: GatewayApp, trail: AuditTrail): void {
  const done = new WeakSet<FastifyRequest>();
  app.decorateRequest('named', null);
  app.addHook('onRequest', async (request) => {
    if (trail.hasRoom || auditedRouteOf(request) === undefined) return;
    done.add(request);
    throw new NetStoreError('NS_UNAVAILABLE', 'The audit takes no entries now, and nothing is done without one');
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const route = auditedRouteOf(request);
    if (route === undefined || done.has(request)) return;
    done.add(request);
    note(trail, route, { request, outcome: outcomeOf(reply, payload) });
    if (route.isKept) await Promise.race([trail.flush(), after(KEPT_DEADLINE_MS)]);
  });
  // Content is written past fastify, which sends nothing then.
  app.addHook('onResponse', async (request, reply) => {
    const route = auditedRouteOf(request);
    if (route !== undefined && !done.has(request)) note(trail, route, { request, outcome: outcomeOf(reply, '') });
  });
  app.addHook('onClose', () => trail[Symbol.asyncDispose]());
}

function auditedRouteOf({ method, routeOptions }: FastifyRequest): AuditedRoute | undefined {
  const key = `${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`;
  return Object.hasOwn(AUDITED_ROUTES, key) ? AUDITED_ROUTES[key] : undefined;
}

function note(trail: AuditTrail, route: AuditedRoute, { request, outcome }: { request: FastifyRequest; outcome: string }): void {
  const { principal, named } = request;
  const holder = principal === null ? named?.holder : holderOf(principal);
  trail.note({
    timeMs: Date.now(),
    actorId: principal?.userId ?? named?.userId ?? null,
    via: holder === undefined ? null : `${holder.kind}:${holder.id}`,
    address: request.ip,
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

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Half of a surrogate pair would be another text after it was stored, and break the chain.
  return text.slice(0, TEXT_CHARACTERS_MAX).toWellFormed();
}

function outcomeOf({ statusCode }: FastifyReply, payload: unknown): string {
  if (statusCode < 400) return 'ok';
  const [, code] = (typeof payload === 'string' && /"code":"(NS_[A-Z_]+)"/.exec(payload)) || [];
  return isErrorCode(code) ? code : 'NS_INTERNAL';
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
