/**
 * Stores one body as a new version of a file: bytes first, then one commit. Until the commit nobody sees anything; when it cannot
 * happen any more, the staged blobs are abandoned. When nobody knows whether it happened, nothing is touched and the error says so.
 */
import { type BlobId, type FilePath, NetStoreError, type Sha256, type UserId } from '@netstore/shared-types';
import { type EntryRow, type Expected, type FileVersion, packBlobRefs } from '@netstore/wire-protocol';
import type { Holder } from '../auth/principal.ts';
import { abandonBlobs } from '../cluster/abandon-blobs.ts';
import { commitOperation, type OperationRequest } from '../cluster/commit-operation.ts';
import { type OutgoingBlob, putBlob } from '../cluster/put-blob.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { HeldRights } from '../spaces/held-rights.ts';
import { permit } from '../spaces/permit.ts';
import { findRoom, limitsOf, type RequireRoom } from '../spaces/quota-limits.ts';
import type { GrantedSpace, SpaceRights } from '../spaces/space-rights.ts';
import type { BodyReader } from '../uploads/body-reader.ts';
import { type StoredBody, storeBody } from '../uploads/store-body.ts';
import type { UploadMemory } from '../uploads/upload-memory.ts';
import { digestBody } from './digest-body.ts';
import { sha256Hex } from './entry-view.ts';
import { identifyOperation, type OperationIdentity } from './idempotency.ts';
import { type AcceptedOperation, accepted, findEarlier } from './run-operation.ts';
import { Turns } from './turns.ts';

export interface UploadRequest {
  readonly requestId: string;
  /** Whose rights are asked for again before the commit, which may be long after the request began. */
  readonly holder: Holder;
  readonly space: GrantedSpace;
  readonly author: UserId;
  readonly path: FilePath;
  readonly contentType: string;
  readonly expected: Expected;
  readonly identity: OperationIdentity;
  readonly body: BodyReader;
  /** The body is not longer, as far as is known: a small one is given less memory. */
  readonly bodyBytesMax: number | undefined;
  /** What the client says of the body; each is checked before the commit. */
  readonly announced: { readonly bytes?: number | undefined; readonly sha256s: readonly Sha256[] };
  readonly signal: AbortSignal;
}

/** A file that is to lie beside what is there. */
export type NewFileRequest = Omit<UploadRequest, 'path' | 'expected' | 'identity'>;

export interface FreePlace {
  /** Where it would lie if nothing was there, which has to be permitted for as long as bytes flow. */
  readonly wanted: FilePath;
  /** Asked with the rights that hold then. */
  readonly findPath: (space: GrantedSpace) => Promise<FilePath>;
}

export interface UploadedFile {
  readonly entry: EntryRow;
  readonly file: FileVersion;
  readonly replicas: AcceptedOperation['replicas'];
  /** The record that made the version. */
  readonly seq: number;
}

export interface UploadFileOptions {
  readonly rights: SpaceRights;
  readonly nodes: StorageNodes;
  readonly memory: UploadMemory;
  readonly onReceived: (bytes: number) => void;
  /** Told when staged blobs could not be abandoned: they cost room until they are found by age. */
  readonly onAbandonFailed: (error: unknown, requestId: string) => void;
}

interface Staging {
  readonly staged: BlobId[];
  readonly requireRoom: RequireRoom;
  readonly held: HeldRights;
}

/** What a put into a free place answers when somebody was faster. */
const TAKEN: ReadonlySet<string> = new Set(['NS_PRECONDITION_FAILED', 'NS_PATH_IS_FOLDER']);

export class FileUploader {
  readonly #options: UploadFileOptions;
  readonly #turns = new Turns();

  constructor(options: UploadFileOptions) {
    this.#options = options;
  }

  async upload(request: UploadRequest): Promise<UploadedFile> {
    // Asked first: what an earlier request with this key added is found below then, and is no reason to refuse this one.
    const requireRoom = await findRoom(this.#options.nodes, request);
    // The outcome of an earlier request with the same key is the answer to this one too, without storing anything.
    const earlier = await findEarlier(this.#options.nodes, request);
    if (earlier !== undefined) {
      const { sha256 } = await digestBody(request.body, request.signal);
      return sameContent(accepted(earlier), sha256);
    }
    requireRoom(request.announced.bytes ?? 0);
    const staged: BlobId[] = [];
    using held = this.#hold(request, request.path);
    const { stored, space } = await this.#store(request, { staged, requireRoom, held });
    const committed = await commitOperation(this.#options.nodes, commitOf({ ...request, space }, stored));
    // Of a rejected put nothing is referenced, and of a repeated one only what was put first; the nodes leave the rest of `staged` alone.
    if (!committed.outcome.isAccepted || committed.isReplay) this.#abandon(staged, request.requestId);
    return sameContent(accepted(committed), stored.sha256);
  }

  /**
   * As a new file at the path that `findPath` names, which is asked when all bytes are here: files that come to one folder at once find theirs one
   * after the other. Whoever else writes there meanwhile wins, and nothing happened then: `NS_BUSY`.
   */
  async uploadBeside(request: NewFileRequest, { wanted, findPath }: FreePlace): Promise<UploadedFile> {
    const requireRoom = await findRoom(this.#options.nodes, request);
    requireRoom(request.announced.bytes ?? 0);
    const staged: BlobId[] = [];
    using held = this.#hold(request, wanted);
    const { stored } = await this.#store(request, { staged, requireRoom, held });
    return await this.#turns.run(`${request.space.id} ${wanted.slice(0, wanted.lastIndexOf('/') + 1)}`, async () => {
      const place = await findPlace(held, findPath).catch((error) => {
        this.#abandon(staged, request.requestId);
        throw error;
      });
      const identity = identifyOperation({ actor: request.space.actor, key: undefined, asked: ['PUT', place.path] });
      const put = { ...request, ...place, expected: { kind: 'absent' }, identity } as const;
      const committed = await commitOperation(this.#options.nodes, commitOf(put, stored));
      if (committed.outcome.isAccepted) return sameContent(accepted(committed), stored.sha256);
      this.#abandon(staged, request.requestId);
      if (!TAKEN.has(committed.outcome.code)) accepted(committed);
      throw new NetStoreError('NS_BUSY', 'Another file of that name came at the same moment: send it again', {
        details: { retryAfterSeconds: 1 },
      });
    });
  }

  /** The right to write there, asked for again for as long as bytes flow. */
  #hold({ holder, space }: NewFileRequest, path: FilePath): HeldRights {
    const permitted = (now: GrantedSpace): void => permit(now, { action: 'write', path, what: 'file' });
    return new HeldRights(this.#options.rights, { holder, space, wish: 'write', permit: permitted });
  }

  /** `space`: with the rights and quotas that hold when all bytes are there. */
  async #store(
    request: NewFileRequest,
    { staged, requireRoom, held }: Staging,
  ): Promise<{ readonly stored: StoredBody; readonly space: GrantedSpace }> {
    const { nodes, memory, onReceived } = this.#options;
    const { requestId, body, announced } = request;
    const signal = AbortSignal.any([request.signal, held.signal]);
    using share = await memory.admit({ user: request.author, bodyBytes: request.bodyBytesMax, signal });
    try {
      const put = async (blob: OutgoingBlob, blobSignal: AbortSignal): Promise<void> => {
        await putBlob(nodes, blob, { requestId, signal: blobSignal });
        onReceived(blob.lengthBytes);
      };
      const stored = await storeBody(body, { share, putBlob: put, staged, requireRoom, signal });
      checkAnnounced(stored, announced);
      return { stored, space: await held.confirm() };
    } catch (error) {
      this.#abandon(staged, requestId);
      throw error;
    }
  }

  /** In the background: the answer does not wait for it. */
  #abandon(staged: readonly BlobId[], requestId: string): void {
    if (staged.length === 0) return;
    abandonBlobs(this.#options.nodes, staged, requestId).catch((error) => this.#options.onAbandonFailed(error, requestId));
  }
}

async function findPlace(held: HeldRights, findPath: FreePlace['findPath']): Promise<{ space: GrantedSpace; path: FilePath }> {
  const space = await held.confirm();
  return { space, path: await findPath(space) };
}

function commitOf(request: UploadRequest, { sizeBytes, sha256, blobs }: StoredBody): OperationRequest {
  const { requestId, author, identity, space, path, expected, contentType } = request;
  return {
    requestId,
    operationId: identity.operationId,
    fingerprint: identity.fingerprint,
    retentionMs: identity.retentionMs,
    author,
    operation: {
      kind: 'put',
      space: space.id,
      path,
      expected,
      contentType,
      sizeBytes,
      sha256: Buffer.from(sha256, 'hex'),
      blobs: packBlobRefs(blobs),
      ...limitsOf(space),
    },
  };
}

function checkAnnounced({ sizeBytes, sha256 }: StoredBody, { bytes, sha256s }: UploadRequest['announced']): void {
  if (bytes !== undefined && bytes !== sizeBytes) {
    throw new NetStoreError('NS_BODY_LENGTH_MISMATCH', `Body length is wrong: announced ${bytes}, got ${sizeBytes}`);
  }
  const other = sha256s.find((announced) => announced !== sha256);
  if (other !== undefined) throw new NetStoreError('NS_DIGEST_MISMATCH', `Body digest is wrong: announced ${other}, got ${sha256}`);
}

/** The same key with other bytes is another request. */
function sameContent({ outcome, replicas, seq }: AcceptedOperation, sha256: Sha256): UploadedFile {
  const { entry } = outcome;
  if (entry === null || entry.file === null) throw new NetStoreError('NS_INTERNAL', 'A put was accepted without an entry');
  if (sha256Hex(entry.file.sha256) !== sha256) {
    throw new NetStoreError('NS_OPERATION_ID_REUSED', 'The idempotency key was used before for other content');
  }
  return { entry, file: entry.file, replicas, seq };
}
