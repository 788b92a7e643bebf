import { NetStoreError } from '@netstore/shared-types';
import fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerProblem, registerProblems } from './problem.ts';

let app: FastifyInstance;
let thrown: unknown;

beforeEach(() => {
  app = fastify({ bodyLimit: 64, frameworkErrors: answerProblem });
  registerProblems(app);
  app.get('/throws', () => {
    throw thrown;
  });
  const body = Type.Object({ name: Type.String() }, { additionalProperties: false });
  app.post('/body', { schema: { body, response: { 200: body } } }, (request) => request.body);
});
afterEach(() => app.close());

async function problemFor(error: unknown) {
  thrown = error;
  return await app.inject('/throws');
}

describe('registerProblems', () => {
  test('answers a NetStoreError with its status, code, message and the request id', async () => {
    const response = await problemFor(new NetStoreError('NS_CONFLICT', 'Expected a, found b'));
    expect(response.statusCode).toBe(409);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: 'The present state does not allow this.',
      status: 409,
      detail: 'Expected a, found b',
      code: 'NS_CONFLICT',
      requestId: expect.stringMatching(/./),
    });
  });

  test.each([new Error('secret /path'), new NetStoreError('NS_DATA_DIRECTORY', 'secret /path'), 'secret string', undefined])(
    'keeps what %s says out of a 500',
    async (error) => {
      const response = await problemFor(error);
      expect(response.statusCode).toBe(500);
      expect(response.body).not.toContain('secret');
      expect(response.body).not.toContain('stack');
    },
  );

  test('sends Retry-After as whole seconds, at least one', async () => {
    const after = async (retryAfterSeconds: number): Promise<unknown> => {
      const response = await problemFor(
        new NetStoreError('NS_BUSY', 'full', {
          details: { retryAfterSeconds },
        }),
      );
      return response.headers['retry-after'];
    };
    expect(await after(0.2)).toBe('1');
    expect(await after(1.2)).toBe('2');
  });

  test('names the scheme that a 401 asks for', async () => {
    const response = await problemFor(new NetStoreError('NS_UNAUTHENTICATED', 'no token'));
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  test.each([
    ['an unknown route', { method: 'GET', url: '/nowhere' }, 404, 'NS_NOT_FOUND'],
    ['a URL that cannot be decoded', { method: 'GET', url: '/%ZZ' }, 400, 'NS_BAD_REQUEST'],
    [
      'a body that is no JSON',
      {
        method: 'POST',
        url: '/body',
        headers: { 'content-type': 'application/json' },
        payload: '{',
      },
      400,
      'NS_BAD_REQUEST',
    ],
    ['a body of the wrong shape', { method: 'POST', url: '/body', payload: { name: {} } }, 400, 'NS_BAD_REQUEST'],
    [
      'a body of another type',
      {
        method: 'POST',
        url: '/body',
        headers: { 'content-type': 'text/csv' },
        payload: 'a',
      },
      415,
      'NS_UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body over the limit', { method: 'POST', url: '/body', payload: { name: 'x'.repeat(99) } }, 413, 'NS_BODY_TOO_LARGE'],
  ] as const)('answers %s with a problem document', async (_what, request, status, code) => {
    const response = await app.inject(request);
    expect(response.json()).toMatchObject({ status, code });
    expect(response.statusCode).toBe(status);
  });
});
