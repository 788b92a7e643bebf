/**
 * Exchanges in the name of the signed-in user. A request that is answered 401 is sent once more with a renewed token;
 * a second 401 is the answer.
 *
 * Bodies of successful answers are typed by the contract and not checked again: page and gateway come from one build,
 * and the gateway serialises every answer by its schema.
 */
import { ApiProblem } from './api-problem.ts';
import { exchange, type HttpRequest } from './http.ts';
import type { SessionStore } from './session-store.ts';

export class ApiClient {
  readonly session: SessionStore;

  constructor(session: SessionStore) {
    this.session = session;
  }

  async send(request: HttpRequest): Promise<Response> {
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
