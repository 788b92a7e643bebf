/** `PUT` into a drop box: the sender adds a file, sees nothing of what is there, replaces nothing, and gets a receipt. */
import { DropReceipt, type FilePath, NetStoreError, parseFilePath } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getEntry } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { clientSignal } from '../files/client-signal.ts';
import { sha256Hex } from '../files/entry-view.ts';
import type { FileUploader } from '../files/upload-file.ts';
import { announcedBytesOf, announcedDigestsOf, contentTypeOf } from '../files/upload-headers.ts';
import { pathFromUrl } from '../files/url-path.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';
import type { GrantedSpace } from '../spaces/space-rights.ts';
import { BodyReader } from '../uploads/body-reader.ts';
import { distinctNames } from './distinct-names.ts';
import { linkHolder, type OpenShare, type ShareGate, shareOf } from './share-gate.ts';
import { pathInSpace, SEGMENTS_BEFORE_NAME, targetGone } from './share-paths.ts';

export interface DropRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gate: ShareGate;
  readonly uploader: FileUploader;
}

export async function dropRoutes(app: GatewayApp, { nodes, gate, uploader }: DropRoutesOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.put(
    '/api/v1/share/files/*',
    {
      onRequest: gate.require('drop'),
      schema: {
        tags: ['shares'],
        security: [{ shareSession: [] }],
        summary: 'Add the body to a drop box as a new file',
        querystring: NoQuery,
        response: { 201: DropReceipt, ...problems },
      },
    },
    async (request, reply) => {
      const body = new BodyReader(request.raw);
      try {
        return reply.code(201).send(await receive(request, reply, { nodes, uploader, body }));
      } finally {
        // What is left of the body is read beside the answer, so that a client that is still sending gets to see it.
        void body.finish();
      }
    },
  );
}

interface Parts {
  readonly nodes: StorageNodes;
  readonly uploader: FileUploader;
  readonly body: BodyReader;
}

async function receive(request: FastifyRequest, reply: FastifyReply, { nodes, uploader, body }: Parts): Promise<DropReceipt> {
  const share = shareOf(request);
  const name = pathFromUrl(request.raw.url ?? '', SEGMENTS_BEFORE_NAME);
  if (name.includes('/')) throw new NetStoreError('NS_BAD_PATH', 'Path is not allowed: a drop box takes files, each with a name alone');
  const signal = clientSignal(reply);
  const at = { nodes, share, requestId: request.id, signal };
  await requireFolder(at);
  const bytes = announcedBytesOf(request.headers['content-length']);
  const upload = {
    requestId: request.id,
    holder: linkHolder(share),
    space: share.granted,
    author: share.granted.userId,
    contentType: contentTypeOf(request.headers['content-type'], name),
    body,
    bodyBytesMax: bytes,
    announced: { bytes, sha256s: announcedDigestsOf(request.headers) },
    signal,
  };
  const findPath = (space: GrantedSpace): Promise<FilePath> => findFreePath({ ...at, share: { ...share, granted: space } }, name);
  const wanted = parseFilePath(pathInSpace(share.path, name));
  const { entry, file, replicas } = await uploader.uploadBeside(upload, { wanted, findPath });
  if (request.named !== null) request.named = { ...request.named, path: entry.path };
  const receivedAt = new Date(entry.modifiedAtMs).toISOString();
  return { name, sizeBytes: file.sizeBytes, sha256: sha256Hex(file.sha256), receivedAt, replicas };
}

interface Place {
  readonly nodes: StorageNodes;
  readonly share: OpenShare;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** By the name, or the name with a number. The box is looked at again: a put would make it anew. */
async function findFreePath(place: Place, name: FilePath): Promise<FilePath> {
  await requireFolder(place);
  for (const distinct of distinctNames(name)) {
    const path = parseFilePath(pathInSpace(place.share.path, distinct));
    permit(place.share.granted, { action: 'write', path, what: 'file' });
    if (!(await isThere(place, path))) return path;
  }
  throw new NetStoreError('NS_CONFLICT', 'There are too many files of that name already: give it another one');
}

/** Throws `NS_LINK_TARGET_GONE` when the box was deleted or moved, or is a file now. */
async function requireFolder(place: Place): Promise<void> {
  const { path } = place.share;
  if (path === '') return;
  const row = await look(place, path);
  if (row === null || row.file !== null) throw targetGone();
}

async function isThere(place: Place, path: FilePath): Promise<boolean> {
  return (await look(place, path)) !== null;
}

async function look({ nodes, share, requestId, signal }: Place, path: FilePath) {
  const question = { requestId, space: share.granted.id, path, withVersions: false, minSeq: null };
  const { entry, isStale } = await getEntry(nodes, question, signal);
  if (isStale) throw new NetStoreError('NS_UNAVAILABLE', 'The primary does not answer: try again in a moment');
  return entry;
}
