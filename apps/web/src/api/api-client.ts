/**
 * Exchanges in the name of the signed-in user. A request that is answered 401 is sent once more with a renewed token;
 * a second 401 is the answer. Every question says what this page has seen, and every answer is taken note of.
 *
 * Bodies of successful answers are typed by the contract and not checked again: page and gateway come from one build,
 * and the gateway serialises every answer by its schema.
 */
import { ApiProblem } from './api-problem.ts';
import { exchange, type HttpRequest } from './http.ts';
import { KnownState } from './known-state.ts';
import type { SessionStore } from './session-store.ts';

export class ApiClient {
  readonly session: SessionStore;
  readonly known = new KnownState();

  constructor(session: SessionStore) {
    this.session = session;
  }

  async send(request: HttpRequest): Promise<Response> {
    const response = await this.#sendSigned({ ...request, headers: { ...this.known.fields, ...request.headers } });
    this.known.take((name) => response.headers.get(name));
    return response;
  }

  async #sendSigned(request: HttpRequest): Promise<Response> {
    const token = await this.session.token();
    try {
      return await exchange({ ...request, token });
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.status !== 401) throw thrown;
      return exchange({ ...request, token: await this.session.renew(token) });
    }
  }

  async json<Body>(request: HttpRequest): Promise<Body> {
    return (await this.send(request)).json() as Promise<Body>;
  }
}
