/** Answers `GET` and `HEAD` for the bytes of a file: conditions, range, headers, and the stream that must not end cleanly when it fails. */
import { type ErrorCode, NetStoreError } from '@netstore/shared-types';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Holder } from '../auth/principal.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { HeldRights } from '../spaces/held-rights.ts';
import { permit } from '../spaces/permit.ts';
import type { GrantedSpace, SpaceRights } from '../spaces/space-rights.ts';
import { type ByteRange, parseByteRange, rangeLength } from './byte-range.ts';
import { whenClientLeaves } from './client-signal.ts';
import { contentHeaders, type Presentation } from './content-headers.ts';
import type { DownloadMemory } from './download-memory.ts';
import { sha256Hex } from './entry-view.ts';
import { type FileQuestion, type OpenedFile, openFile } from './open-file.ts';
import { isNotModified, isRangeWanted } from './preconditions.ts';
import { type ReadFileOptions, readRange, readWhole } from './read-file.ts';
import { type InlineTypes, SAMPLE_BYTES } from './served-type.ts';
import { writeContent } from './write-content.ts';

/** Something that is counted before the bytes flow. */
export interface CountedDownload {
  /** Called when not all of them went out. */
  readonly breakOff: (unsentBytes: number) => Promise<void>;
}

/** Of one answer. */
export interface BytesToSend {
  readonly firstByte: number;
  readonly lengthBytes: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
}

export interface ContentAnswererOptions {
  readonly nodes: StorageNodes;
  readonly memory: DownloadMemory;
  readonly inlineTypes: InlineTypes;
  readonly rights: SpaceRights;
  readonly onSent: (bytes: number) => void;
}

/** How the file is to be presented, given the type in which it could be shown in place, if any. */
export type Present = (file: OpenedFile, inlineType: string | null) => Presentation;

export interface AskedContent {
  readonly question: FileQuestion;
  readonly present: Present;
  /** Whose right to read is asked for again for as long as bytes flow. */
  readonly holder: Holder;
  readonly space: GrantedSpace;
  /** Whether the bytes may flow. Throws when not. */
  readonly begin?: (bytes: BytesToSend) => Promise<CountedDownload>;
}

export class ContentAnswerer {
  readonly #options: ContentAnswererOptions;

  constructor(options: ContentAnswererOptions) {
    this.#options = options;
  }

  async answer(request: FastifyRequest, reply: FastifyReply, asked: AskedContent): Promise<FastifyReply> {
    const { holder, space, question } = asked;
    const mayRead = (now: GrantedSpace): void => permit(now, { action: 'read', path: question.path, what: 'file' });
    using held = new HeldRights(this.#options.rights, { holder, space, wish: 'read', permit: mayRead });
    whenClientLeaves(reply, (reason) => held.giveUp(reason));
    const { signal } = held;
    const file = await openFile(this.#options.nodes, question, signal);
    const { version } = file.file;
    if (isNotModified(request.headers, version)) {
      return reply
        .code(304)
        .headers(contentHeaders(file, asked.present(file, null)))
        .removeHeader('content-type')
        .send();
    }
    const range = rangeOf(request, reply, file);
    const sent = { range, requestId: request.id, signal };
    const headersFor = (inlineType: string | null): Record<string, string> => ({
      ...contentHeaders(file, asked.present(file, inlineType)),
      ...lengthHeaders(file, range),
    });
    const status = range === undefined ? 200 : 206;
    if (request.method === 'HEAD')
      return reply
        .code(status)
        .headers(headersFor(await this.#inlineTypeOf(file, sent)))
        .send();
    // The bytes that are sent first show the type as well, unless they are too few or from further on.
    const early = isSample(file, range) ? undefined : await this.#inlineTypeOf(file, sent);
    using share = this.#options.memory.admit();
    const toSend = bytesToSend(file, range);
    const counted = await asked.begin?.(toSend);
    let unsentBytes = toSend.lengthBytes;
    const breakOff = async (): Promise<void> => {
      // What cannot be taken back stays counted.
      await counted?.breakOff(unsentBytes).catch((err) => request.log.warn({ err }, 'a download that broke off stays counted'));
    };
    const rest = this.#pieces(file, { ...sent, share }, (bytes) => {
      unsentBytes -= bytes;
    });
    const { first, headers } = await orElse(breakOff, async () => {
      const piece = await rest.next();
      return { first: piece, headers: headersFor(early === undefined ? await this.#inlineTypeOf(file, sent, piece.value) : early) };
    });
    reply.hijack();
    try {
      await writeContent(reply.raw, { status, headers: { ...headers, 'x-request-id': request.id }, first, rest, signal });
      request.noteOutcome?.('ok');
    } catch (error) {
      request.noteOutcome?.(codeOf(signal.aborted ? signal.reason : error));
      await breakOff();
      // Nobody else hears of it: the answer has begun, and broke off.
      if (held.isLost)
        request.log.info({ err: error, space: space.id, user: space.userId }, 'response broken off: the right to read was lost');
      else if (!signal.aborted) request.log.error({ err: error }, 'response broken off');
    }
    return reply;
  }

  /** `onTaken`: before a piece is given, which may reach the client whatever comes after. */
  async *#pieces(
    file: OpenedFile,
    { range, ...options }: Sent & ReadFileOptions,
    onTaken: (bytes: number) => void,
  ): AsyncGenerator<Uint8Array> {
    const { nodes, onSent } = this.#options;
    const pieces = range === undefined ? readWhole(nodes, file, options) : readRange(nodes, file, { ...options, range });
    for await (const piece of pieces) {
      onTaken(piece.length);
      yield piece;
      onSent(piece.length);
    }
  }

  /** `beginning`: the first bytes of the file, when they are at hand. */
  #inlineTypeOf(file: OpenedFile, sent: Sent, beginning?: Uint8Array): Promise<string | null> {
    return this.#options.inlineTypes.get(
      sha256Hex(file.file.sha256),
      async () => beginning?.subarray(0, SAMPLE_BYTES) ?? (await this.#readSample(file, sent)),
    );
  }

  async #readSample(file: OpenedFile, sent: Sent): Promise<Uint8Array> {
    const last = Math.min(SAMPLE_BYTES, file.file.sizeBytes) - 1;
    if (last < 0) return new Uint8Array();
    using share = this.#options.memory.admit();
    const pieces: Uint8Array[] = [];
    for await (const piece of readRange(this.#options.nodes, file, { ...sent, share, range: { first: 0, last } }))
      pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }
}

interface Sent {
  readonly range: ByteRange | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Whether the bytes of the range show what type the file is: they come in pieces that are never shorter than a sample while there is more. */
function isSample({ file }: OpenedFile, range: ByteRange | undefined): boolean {
  return range === undefined || (range.first === 0 && rangeLength(range) >= Math.min(SAMPLE_BYTES, file.sizeBytes));
}

/** What is no error of ours is the connection's: the client went away. */
function codeOf(error: unknown): ErrorCode {
  return error instanceof NetStoreError ? error.code : 'NS_CONNECTION_LOST';
}

async function orElse<Result>(onFailed: () => Promise<void>, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    await onFailed();
    throw error;
  }
}

function bytesToSend({ file: { sizeBytes } }: OpenedFile, range: ByteRange | undefined): BytesToSend {
  return { firstByte: range?.first ?? 0, lengthBytes: range === undefined ? sizeBytes : rangeLength(range), sizeBytes };
}

function lengthHeaders(file: OpenedFile, range: ByteRange | undefined): Record<string, string> {
  const { lengthBytes, sizeBytes } = bytesToSend(file, range);
  const length = { 'content-length': String(lengthBytes) };
  return range === undefined ? length : { ...length, 'content-range': `bytes ${range.first}-${range.last}/${sizeBytes}` };
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
