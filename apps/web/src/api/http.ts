/**
 * One HTTP exchange with the gateway: network failures and problem documents become `ApiProblem`. Knows nothing of
 * sessions; every answer and every failure is noted, so that the page can say plainly when the server is away.
 */
import { readProblem, unreachable } from './api-problem.ts';
import { Observable } from './observable.ts';

/** Proof that a request that lives on the cookie came from this origin: other sites cannot set it. */
const SAME_ORIGIN_HEADER = 'X-NetStore-Request';

export interface HttpRequest {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether the last thing heard of the server was an answer. */
export const isReachable = new Observable(true);

/** Resolves with a successful answer; throws `ApiProblem` for every other, and the signal's reason when aborted. */
export async function exchange(request: HttpRequest): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set(SAME_ORIGIN_HEADER, '1');
  if (request.token !== undefined) headers.set('Authorization', `Bearer ${request.token}`);
  if (request.json !== undefined) headers.set('Content-Type', 'application/json');
  let response: Response;
  try {
    response = await fetch(request.path, {
      method: request.method ?? 'GET',
      headers,
      body: request.json === undefined ? null : JSON.stringify(request.json),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: request.signal ?? null,
    });
  } catch (cause) {
    request.signal?.throwIfAborted();
    isReachable.set(false);
    throw unreachable(cause);
  }
  isReachable.set(true);
  if (response.ok) return response;
  throw readProblem({ status: response.status, header: (name) => response.headers.get(name) }, await response.text().catch(() => ''));
}
