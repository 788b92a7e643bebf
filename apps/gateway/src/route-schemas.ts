/** What the schemas of many routes have in common. */
import { Problem } from '@netstore/shared-types';
import { Type } from 'typebox';

/** Unknown query parameters are refused. */
export const NoQuery = Type.Object({}, { additionalProperties: false });

const problem = { description: 'A problem document with a stable code', content: { 'application/problem+json': { schema: Problem } } };

/** Every route may answer so. */
export const problems = { '4xx': problem, '5xx': problem };

/** Of routes about files: either proof will do. */
export const fileSecurity = [{ accessToken: [] }, { apiKey: [] }];

export const SpaceParams = Type.Object({ space: Type.String() }, { additionalProperties: false });
/** `*` is read from the URL itself, see `files/url-path.ts`, and cannot be named here: TypeBox makes a regular expression of it. */
export const SpacePathParams = Type.Object({ space: Type.String() });

/** Reads never show an older state than the client has seen. */
export const ReadHeaders = Type.Object({
  'x-netstore-version': Type.Optional(
    Type.String({ description: 'The latest X-NetStore-Version of earlier answers: any node that knows this state may answer' }),
  ),
});

/** Writes are repeated safely with it. */
export const WriteHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ description: '1 to 255 visible ASCII characters; the result is kept for 24 h' })),
});
