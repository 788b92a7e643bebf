/** Answers `GET` and `HEAD` for the bytes of a file: conditions, range, headers, and the stream that must not end cleanly when it fails. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { type ByteRange, parseByteRange, rangeLength } from './byte-range.ts';
import { clientSignal } from './client-signal.ts';
import { contentHeaders, type Presentation } from './content-headers.ts';
import type { DownloadMemory } from './download-memory.ts';
import { sha256Hex } from './entry-view.ts';
import { type FileQuestion, type OpenedFile, openFile } from './open-file.ts';
import { isNotModified, isRangeWanted } from './preconditions.ts';
import { readRange, readWhole } from './read-file.ts';
import { type InlineTypes, SAMPLE_BYTES } from './served-type.ts';

/** A client that takes nothing for so long has gone, whatever its connection says. */
const WRITE_IDLE_MS = 60_000;

export interface ContentAnswererOptions {
  readonly nodes: StorageNodes;
  readonly memory: DownloadMemory;
  readonly inlineTypes: InlineTypes;
  readonly onSent: (bytes: number) => void;
}

/** How the file is to be presented, given the type in which it could be shown in place, if any. */
export type Present = (file: OpenedFile, inlineType: string | null) => Presentation;

export class ContentAnswerer {
  readonly #options: ContentAnswererOptions;

  constructor(options: ContentAnswererOptions) {
    this.#options = options;
  }

  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { readonly question: FileQuestion; readonly present: Present },
  ): Promise<FastifyReply> {
    const signal = clientSignal(reply);
    const file = await openFile(this.#options.nodes, asked.question, signal);
    const { version, sizeBytes } = file.file;
    if (isNotModified(request.headers, version)) {
      return reply
        .code(304)
        .headers(contentHeaders(file, asked.present(file, null)))
        .removeHeader('content-type')
        .send();
    }
    const inlineType = await this.#inlineTypeOf(file, request.id, signal);
    const headers = contentHeaders(file, asked.present(file, inlineType));
    const range = rangeOf(request, reply, file);
    reply.headers(headers).header('content-length', String(range === undefined ? sizeBytes : rangeLength(range)));
    if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${sizeBytes}`);
    if (request.method === 'HEAD') return reply.send();
    reply.raw.setTimeout(WRITE_IDLE_MS, () => reply.raw.destroy());
    return reply.send(this.#stream(file, range, { requestId: request.id, signal }));
  }

  /** A stream that errs destroys the connection: the client has been told how many bytes to expect, and gets fewer. */
  #stream(file: OpenedFile, range: ByteRange | undefined, options: { readonly requestId: string; readonly signal: AbortSignal }): Readable {
    const { nodes, memory, onSent } = this.#options;
    const share = memory.admit();
    const bytes =
      range === undefined ? readWhole(nodes, file, { ...options, share }) : readRange(nodes, file, { ...options, share, range });
    const stream = Readable.from(counted(bytes, onSent), { objectMode: false, highWaterMark: 1 });
    stream.once('close', () => share[Symbol.dispose]());
    return stream;
  }

  #inlineTypeOf(file: OpenedFile, requestId: string, signal: AbortSignal): Promise<string | null> {
    const { nodes, memory, inlineTypes } = this.#options;
    const last = Math.min(SAMPLE_BYTES, file.file.sizeBytes) - 1;
    return inlineTypes.get(sha256Hex(file.file.sha256), async () => {
      if (last < 0) return new Uint8Array();
      using share = memory.admit();
      const pieces: Uint8Array[] = [];
      for await (const piece of readRange(nodes, file, { requestId, signal, share, range: { first: 0, last } })) pieces.push(piece);
      return Buffer.concat(pieces);
    });
  }
}

async function* counted(bytes: AsyncIterable<Uint8Array>, onSent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onSent(piece.length);
    yield piece;
  }
}

function rangeOf(request: FastifyRequest, reply: FastifyReply, file: OpenedFile): ByteRange | undefined {
  const { version, sizeBytes } = file.file;
  if (!isRangeWanted(request.headers, version)) return undefined;
  try {
    return parseByteRange(request.headers.range, sizeBytes);
  } catch (error) {
    reply.header('content-range', `bytes */${sizeBytes}`);
    throw error;
  }
}
