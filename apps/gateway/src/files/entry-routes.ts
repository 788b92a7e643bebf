/** Listings of folders and the details of one entry. */

import { EntriesPage, EntriesQuery, EntryDetail, visibleChildren } from '@netstore/shared-types';
import { type Gatekeeper, spaceOf } from '../auth/authenticate.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, NoQuery, problems, ReadHeaders, SpaceParams, SpacePathParams } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';
import { clientSignal } from './client-signal.ts';
import type { Cursors } from './cursors.ts';
import { describeEntry } from './describe-entry.ts';
import { filePathOf } from './file-path.ts';
import { listFolder } from './list-folder.ts';
import { notFound } from './not-found.ts';
import { sayState } from './say-state.ts';
import { seenSeqOf } from './version-token.ts';

export interface EntryRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
  readonly cursors: Cursors;
}

const tags = ['entries'];

export async function entryRoutes(app: GatewayApp, { nodes, gatekeeper, cursors }: EntryRoutesOptions): Promise<void> {
  app.get(
    '/api/v1/spaces/:space/entries',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        tags,
        summary: 'One folder, page by page',
        security: fileSecurity,
        params: SpaceParams,
        querystring: EntriesQuery,
        headers: ReadHeaders,
        response: { 200: EntriesPage, ...problems },
      },
    },
    async (request, reply) => {
      const asked = { requestId: request.id, space: spaceOf(request), query: request.query, minSeq: seenSeqOf(request.headers), cursors };
      const { page, ...state } = await listFolder(nodes, asked, clientSignal(reply));
      sayState(reply, state);
      return page;
    },
  );
  app.get(
    '/api/v1/spaces/:space/entries/*',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        tags,
        summary: 'One entry with its versions and where each copy is',
        security: fileSecurity,
        params: SpacePathParams,
        querystring: NoQuery,
        headers: ReadHeaders,
        response: { 200: EntryDetail, ...problems },
      },
    },
    async (request, reply) => {
      const path = filePathOf(request);
      const space = spaceOf(request);
      permit(space, { action: 'see', path, what: 'entry' });
      const asked = { requestId: request.id, space: space.id, path, minSeq: seenSeqOf(request.headers) };
      const { detail, ...state } = await describeEntry(nodes, asked, clientSignal(reply));
      if (visibleChildren(space.access, [{ path, isFile: detail.kind === 'file' }]).length === 0) throw notFound('entry', false);
      sayState(reply, state);
      return detail;
    },
  );
}
