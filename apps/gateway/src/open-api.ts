/** What the OpenAPI document says besides the routes, which describe themselves. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { Type } from 'typebox';

/** `*` is the router's word: readers know it as the path. */
const transform: FastifyDynamicSwaggerOptions['transform'] = ({ schema, url }) => {
  if (!url.endsWith('/*')) return { schema, url };
  const space = url.includes('/:space/') ? { space: Type.String() } : {};
  const params = Type.Object({ ...space, path: Type.String({ description: 'Each name percent-encoded, joined by slashes' }) });
  return { schema: { ...schema, params }, url: `${url.slice(0, -1)}:path` };
};

export const openApiDocument: FastifyDynamicSwaggerOptions = {
  transform,
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'NetStore',
      version: '1',
      description: 'Files on three nodes. Errors are RFC 9457 problem documents with a stable `code`.',
    },
    tags: [
      { name: 'sessions', description: 'Set-up, sign-in and who you are' },
      { name: 'people', description: 'Users and invitations, for admins and auditors' },
      { name: 'account', description: 'The password, the sessions and the second factor of the user who asks' },
      { name: 'keys', description: 'API keys: for programs, with a part of the rights of their user' },
      { name: 'shares', description: 'Links to files and folders, and what their holders see' },
      { name: 'spaces', description: 'Spaces and their rules' },
      { name: 'groups', description: 'People who are given rights together' },
      { name: 'files', description: 'Bytes of files' },
      { name: 'entries', description: 'The tree of files and folders' },
      { name: 'cluster', description: 'The nodes and what they hold' },
    ],
    components: {
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        shareSession: { type: 'http', scheme: 'bearer', description: 'What opening a link gives' },
        apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'nsk_…' },
      },
    },
  },
};
