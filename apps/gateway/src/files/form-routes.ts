/**
 * `POST` of a form with many files. Each file is an operation of its own, stored in the order of the form: when one fails, those
 * before it stay, and the problem says which. The field `folder` has to come before the first file, since files are stored
 * while the form is still arriving.
 */
import multipart, { type Multipart, type MultipartFile } from '@fastify/multipart';
import { Entry, type FilePath, NetStoreError, parseFilePath, parseFolderPath, toNetStoreError } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, MANIFEST_BLOBS_MAX } from '@netstore/wire-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Gatekeeper, principalOf, spaceOf } from '../auth/authenticate.ts';
import { type Holder, holderOf } from '../auth/principal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, NoQuery, problems, SpaceParams, WriteHeaders } from '../route-schemas.ts';
import { HeldRights } from '../spaces/held-rights.ts';
import { permit } from '../spaces/permit.ts';
import type { SpaceRights } from '../spaces/space-rights.ts';
import { BodyReader } from '../uploads/body-reader.ts';
import { clientSignal } from './client-signal.ts';
import { entryView } from './entry-view.ts';
import { identifyOperation, parseIdempotencyKey } from './idempotency.ts';
import type { FileUploader } from './upload-file.ts';
import { announcedBytesOf, contentTypeOf } from './upload-headers.ts';
import { formatVersionToken, VERSION_HEADER } from './version-token.ts';

export const FORM_FILES_MAX = 1000;
const FORM_LIMITS = {
  files: FORM_FILES_MAX,
  fields: 1,
  parts: FORM_FILES_MAX + 1,
  fieldNameSize: 100,
  fieldSize: 16 * 1024,
  headerPairs: 32,
  fileSize: MANIFEST_BLOBS_MAX * BLOB_BYTES_MAX,
};
/** Names of stored files that a problem lists; the others are counted. */
const NAMED_MAX = 20;

const FormAnswer = Type.Object({ entries: Type.Array(Entry) }, { additionalProperties: false });
type FormAnswer = Type.Static<typeof FormAnswer>;

export interface FormRoutesOptions {
  readonly gatekeeper: Gatekeeper;
  readonly uploader: FileUploader;
  readonly rights: SpaceRights;
}

export async function formRoutes(app: GatewayApp, { gatekeeper, uploader, rights }: FormRoutesOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  // Names of parts keep their folders, as pages that send whole folders put them there; `parseFilePath` judges them.
  await app.register(multipart, { limits: FORM_LIMITS, throwFileSizeLimit: true, preservePath: true } as Parameters<typeof multipart>[1] &
    object);
  app.post(
    '/api/v1/spaces/:space/files',
    {
      onRequest: gatekeeper.grant('write'),
      schema: {
        tags: ['files'],
        summary: 'Store the files of a form: field "folder", then any number of parts "file"',
        security: fileSecurity,
        consumes: ['multipart/form-data'],
        params: SpaceParams,
        querystring: NoQuery,
        headers: WriteHeaders,
        response: { 201: FormAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const holder = holderOf(principalOf(request));
      using held = new HeldRights(rights, { holder, space: spaceOf(request), wish: 'write', permit: () => undefined });
      const form = new FormUpload(request, { uploader, holder, held, signal: clientSignal(reply) });
      try {
        return await answerForm(form, request, reply);
      } finally {
        request.raw.unpipe();
        void new BodyReader(request.raw).finish();
      }
    },
  );
}

async function answerForm(form: FormUpload, request: FastifyRequest, reply: FastifyReply): Promise<FormAnswer> {
  try {
    for await (const part of request.parts()) await form.take(part);
  } catch (thrown) {
    throw form.explain(thrown);
  }
  if (form.entries.length === 0) throw new NetStoreError('NS_FORM_WITHOUT_FILE', 'The form has no part named "file"');
  reply.code(201).header(VERSION_HEADER, formatVersionToken(form.lastSeq));
  return { entries: form.entries };
}

interface FormParts {
  readonly uploader: FileUploader;
  readonly holder: Holder;
  readonly held: HeldRights;
  readonly signal: AbortSignal;
}

class FormUpload {
  readonly entries: Entry[] = [];
  /** Of the records that made the entries, the last one. */
  lastSeq = 0;
  readonly #parts: FormParts;
  readonly #request: FastifyRequest;
  readonly #key: string | undefined;
  #folder: FilePath | undefined;

  constructor(request: FastifyRequest, parts: FormParts) {
    this.#request = request;
    this.#parts = parts;
    this.#key = parseIdempotencyKey(request.headers);
  }

  async take(part: Multipart): Promise<void> {
    if (part.type === 'field') this.#takeField(part.fieldname, part.value);
    else if (part.fieldname === 'file') await this.#takeFile(part);
    else throw new NetStoreError('NS_BAD_REQUEST', 'The form has a file under another name than "file"');
  }

  /** The same failure, with what had been stored before it. */
  explain(thrown: unknown): unknown {
    if (this.entries.length === 0 || this.#parts.signal.aborted) return thrown;
    const error = toFormError(thrown);
    const names = this.entries.slice(0, NAMED_MAX).map(({ path }) => JSON.stringify(path));
    const others = this.entries.length - names.length;
    const stored = names.join(', ') + (others > 0 ? ` and ${others} more` : '');
    return new NetStoreError(error.code, `${error.message}. Stored before that: ${stored}`, { cause: error, details: error.details });
  }

  #takeField(name: string, value: unknown): void {
    if (name !== 'folder' || typeof value !== 'string')
      throw new NetStoreError('NS_BAD_REQUEST', 'The form has another field than "folder"');
    if (this.entries.length > 0) throw new NetStoreError('NS_BAD_REQUEST', 'The field "folder" must come before the first file');
    this.#folder = parseFolderPath(value);
  }

  async #takeFile({ file, filename, mimetype }: MultipartFile): Promise<void> {
    const body = new BodyReader(file);
    const { uploader, holder, held, signal } = this.#parts;
    try {
      // What holds now: a form may take hours, and others may have changed the rules since it began.
      const space = await held.confirm();
      const path = parseFilePath(this.#folder === undefined || this.#folder === '' ? filename : `${this.#folder}/${filename}`);
      permit(space, { action: 'write', path, what: 'file' });
      const contentType = contentTypeOf(mimetype, path);
      const part = this.entries.length;
      const { entry, replicas, seq } = await uploader.upload({
        requestId: this.#request.id,
        holder,
        space,
        author: space.userId,
        path,
        contentType,
        expected: { kind: 'any' },
        identity: identifyOperation({ actor: space.actor, key: this.#key, part, asked: ['POST', space.id, path, contentType] }),
        body,
        bodyBytesMax: announcedBytesOf(this.#request.headers['content-length']),
        announced: { sha256s: [] },
        signal: AbortSignal.any([signal, held.signal]),
      });
      this.entries.push(entryView({ ...entry, replicas }));
      this.lastSeq = Math.max(this.lastSeq, seq);
    } finally {
      await body.finish();
    }
  }
}

/** The parser's own errors carry a status; they are `NS_BODY_TOO_LARGE` or a malformed form. */
function toFormError(thrown: unknown): NetStoreError {
  if (thrown instanceof NetStoreError || !(thrown instanceof Error) || !('statusCode' in thrown)) return toNetStoreError(thrown);
  return new NetStoreError(thrown.statusCode === 413 ? 'NS_BODY_TOO_LARGE' : 'NS_BAD_REQUEST', thrown.message, { cause: thrown });
}
