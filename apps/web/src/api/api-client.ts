/**
 * Exchanges in the name of the signed-in user. A request whose token is refused is sent once more with a renewed one; a second
 * refusal is the answer. A wrong password or code is answered 401, too, and is no matter of the token. Every question says what this page has seen, and every answer is taken note of.
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
      if (!(thrown instanceof ApiProblem) || thrown.code !== 'NS_UNAUTHENTICATED') throw thrown;
      return exchange({ ...request, token: await this.session.renew(token) });
    }
  }

  async json<Body>(request: HttpRequest): Promise<Body> {
    return (await this.send(request)).json() as Promise<Body>;
  }
}
