/** What the OpenAPI document says besides the routes, which describe themselves. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

export const openApiDocument: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'NetStore',
      version: '1',
      description: 'Files on three nodes. Errors are RFC 9457 problem documents with a stable `code`.',
    },
    tags: [
      { name: 'sessions', description: 'Set-up, sign-in and who you are' },
      { name: 'files', description: 'Bytes of files' },
      { name: 'entries', description: 'The tree of files and folders' },
      { name: 'cluster', description: 'The nodes and what they hold' },
    ],
    components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  },
};
