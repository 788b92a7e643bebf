/** The gateway's side of the wire protocol, plain and without retries: what a test says to one node. */
import { createHash } from 'node:crypto';
import {
  type BlobId,
  type FilePath,
  type NodeId,
  newBlobId,
  newOperationId,
  type OperationId,
  type SpaceId,
  type UserId,
} from '@netstore/shared-types';
import {
  BLOB_BYTES_MAX,
  type BlobRef,
  CHUNK_BYTES,
  ChunkChecksum,
  type Committed,
  chunkCountOf,
  crcTableSha256,
  type EntriesAnswer,
  type EntryAnswer,
  type FileAnswer,
  type Holdings,
  type Operation,
  packBlobRefs,
  packCrcTable,
  type Status,
  type TrashAnswer,
  unpackBlobRefs,
} from '@netstore/wire-protocol';
import { type Connection, ConnectionPool, connectTo } from '@netstore/wire-transport';

const TIMEOUT_MS = 20_000;
const deadline = { timeoutMs: TIMEOUT_MS };

export const SPACE = '5'.repeat(32) as SpaceId;
const AUTHOR = 'a'.repeat(32) as UserId;

export interface WireClientOptions {
  readonly host: string;
  readonly port: number;
  readonly nodeId: NodeId;
  readonly key: Buffer;
}

export interface PutOptions {
  readonly operationId?: OperationId;
  readonly blobBytes?: number;
}

export class WireClient implements AsyncDisposable {
  readonly #pool: ConnectionPool;

  constructor({ host, port, nodeId, key }: WireClientOptions) {
    const self = { role: 'gateway', nodeId: null, clusterId: null, incarnation: null } as const;
    this.#pool = new ConnectionPool({
      connect: (signal) => connectTo({ host, port, key, self, expect: { nodeId }, channel: 'conversation', timeoutMs: TIMEOUT_MS, signal }),
    });
  }

  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#pool.use(work);
  }

  status(): Promise<Status> {
    return this.use((connection) => connection.request('GET_STATUS', { requestId: 'test' }, 'STATUS', deadline));
  }

  /** Resolves when two members hold the blob. */
  async putBlob(bytes: Uint8Array, blobId: BlobId = newBlobId()): Promise<BlobRef> {
    const checksum = new ChunkChecksum(blobId);
    const chunks = Array.from({ length: chunkCountOf(bytes.length) }, (_, chunkIndex) => {
      const part = bytes.subarray(chunkIndex * CHUNK_BYTES, (chunkIndex + 1) * CHUNK_BYTES);
      return { chunkIndex, crc: checksum.of(chunkIndex, part), bytes: part };
    });
    const digest = crcTableSha256(packCrcTable(chunks.map(({ crc }) => crc)));
    return this.use(async (connection) => {
      await connection.send('PUT_BLOB', { requestId: 'test', epoch: null, blobId, lengthBytes: bytes.length });
      // Awaited from the start: a refusal in mid-stream says why, the broken connection after it does not.
      const held = connection.expect('BLOB_HELD', deadline);
      const sent = (async () => {
        for (const chunk of chunks) await connection.sendData(chunk);
        await connection.send('PUT_BLOB_END', { crcTableSha256: digest });
      })();
      await Promise.all([held, sent.catch(() => held)]);
      return { blobId, lengthBytes: bytes.length, crcTableSha256: digest };
    });
  }

  async commit(operation: Operation, operationId: OperationId = newOperationId()): Promise<Committed> {
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([operation.kind]))
      .digest();
    return this.use((connection) =>
      connection.request(
        'COMMIT',
        { requestId: 'test', operationId, fingerprint, retentionMs: 3_600_000, author: AUTHOR, operation },
        'COMMITTED',
        deadline,
      ),
    );
  }

  async putFile(path: string, bytes: Uint8Array, { operationId, blobBytes = BLOB_BYTES_MAX }: PutOptions = {}): Promise<Committed> {
    const refs: BlobRef[] = [];
    for (let at = 0; at < bytes.length; at += blobBytes) refs.push(await this.putBlob(bytes.subarray(at, at + blobBytes)));
    return this.commit(putOperation(path, bytes, refs), operationId);
  }

  file(path: string, { allowStale = false } = {}): Promise<FileAnswer> {
    const question = { requestId: 'test', space: SPACE, allowStale, minSeq: null, path: path as FilePath, version: null, firstByte: 0 };
    return this.use((connection) => connection.request('GET_FILE', question, 'FILE', deadline));
  }

  entry(path: string): Promise<EntryAnswer> {
    const question = { requestId: 'test', space: SPACE, allowStale: false, minSeq: null, path: path as FilePath, withVersions: true };
    return this.use((connection) => connection.request('GET_ENTRY', question, 'ENTRY', deadline));
  }

  entries(folder: string): Promise<EntriesAnswer> {
    const question = {
      requestId: 'test',
      space: SPACE,
      allowStale: false,
      minSeq: null,
      folder: folder as FilePath,
      after: null,
      limit: 1000,
    } as const;
    return this.use((connection) => connection.request('LIST_ENTRIES', { ...question, sort: 'name', order: 'asc' }, 'ENTRIES', deadline));
  }

  /** The trash of the space, last trashed first. */
  trash(): Promise<TrashAnswer> {
    const question = { requestId: 'test', space: SPACE, allowStale: false, minSeq: null, after: null, limit: 1000 };
    return this.use((connection) => connection.request('LIST_TRASH', question, 'TRASH', deadline));
  }

  holdings(contentId: number): Promise<Holdings> {
    return this.use((connection) => connection.request('GET_HOLDINGS', { requestId: 'test', contentId }, 'HOLDINGS', deadline));
  }

  /** From this node's own disk. */
  readBlob(ref: BlobRef): Promise<Buffer> {
    return this.use(async (connection) => {
      const parts: Uint8Array[] = [];
      await connection.send('READ_BLOB', {
        requestId: 'test',
        blobId: ref.blobId,
        firstChunk: 0,
        chunkCount: chunkCountOf(ref.lengthBytes),
      });
      for (;;) {
        const message = await connection.receive(deadline);
        if (message.name === 'READ_BLOB_END') return Buffer.concat(parts);
        if (message.name !== 'DATA') throw new Error(`Expected DATA, got ${message.name}`);
        parts.push(Buffer.from(message.body.bytes));
      }
    });
  }

  /** The current version of a file, all of it from this node; undefined when nothing is there. */
  async readFile(path: string, options: { readonly allowStale?: boolean } = {}): Promise<Buffer | undefined> {
    const { manifest } = await this.file(path, options);
    if (manifest === null) return undefined;
    const parts: Buffer[] = [];
    for (const ref of unpackBlobRefs(manifest.blobs)) parts.push(await this.readBlob(ref));
    return Buffer.concat(parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

export function putOperation(path: string, bytes: Uint8Array, refs: readonly BlobRef[]): Operation {
  return {
    kind: 'put',
    space: SPACE,
    path: path as FilePath,
    expected: { kind: 'any' },
    contentType: 'application/octet-stream',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest(),
    blobs: packBlobRefs(refs),
  };
}
