/** What files consist of: contents, their manifests, and the blobs that manifests name, each counted by who refers to it. */
import type { BlobId } from '@netstore/shared-types';
import {
  BLOB_REF_BYTES,
  type BlobRef,
  MANIFEST_PAGE_BLOBS_MAX,
  type ManifestPage,
  packBlobRefs,
  unpackBlobRefs,
} from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes } from '../id-bytes.ts';

export interface ContentState {
  /** The seq of the put that makes it. */
  readonly contentId: number;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  readonly refs: readonly BlobRef[];
}

export interface BlobState {
  readonly lengthBytes: number;
  readonly crcTableSha256: Uint8Array;
  /** The first content that named it. */
  readonly contentId: number;
}

interface Run {
  readonly offsetBytes: number;
  readonly blobs: Uint8Array;
}

interface ContentRow {
  readonly contentId: number;
  readonly refs: number;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
}

interface BlobRow extends BlobState {
  readonly blobId: Uint8Array;
  readonly refs: number;
}

export class ContentTable {
  readonly #insert: Statement<[number, number, Uint8Array]>;
  readonly #addRefs: Statement<[number, number], ContentRow>;
  readonly #has: Statement<[number], { contentId: number }>;
  readonly #insertRun: Statement<[number, number, Uint8Array]>;
  readonly #deleteContent: Statement<[number]>;
  readonly #deleteRuns: Statement<[number]>;
  readonly #addBlobRefs: Statement<[number, Uint8Array], BlobRow>;
  readonly #digest: RunningDigest;
  readonly #deleteBlob: Statement<[Uint8Array]>;
  readonly #runAt: Statement<[number, number], Run>;
  readonly #runs: Statement<[number], Run>;
  readonly #findBlob: Statement<[Uint8Array], BlobState>;
  readonly #refer: Statement<[Uint8Array, number, Uint8Array, number]>;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#insert = database.prepare('INSERT INTO contents VALUES (?, 1, ?, ?)');
    this.#addRefs = database.prepare(
      'UPDATE contents SET refs = refs + ? WHERE contentId = ? RETURNING contentId, refs, sizeBytes, sha256',
    );
    this.#deleteContent = database.prepare('DELETE FROM contents WHERE contentId = ?');
    this.#deleteRuns = database.prepare('DELETE FROM manifests WHERE contentId = ?');
    this.#addBlobRefs = database.prepare(
      'UPDATE blobs SET refs = refs + ? WHERE blobId = ? RETURNING blobId, refs, lengthBytes, crcTableSha256, contentId',
    );
    this.#deleteBlob = database.prepare('DELETE FROM blobs WHERE blobId = ?');
    this.#has = database.prepare('SELECT contentId FROM contents WHERE contentId = ?');
    this.#insertRun = database.prepare('INSERT INTO manifests VALUES (?, ?, ?)');
    this.#runAt = database.prepare(
      'SELECT offsetBytes, blobs FROM manifests WHERE contentId = ? AND offsetBytes <= ? ORDER BY offsetBytes DESC LIMIT 1',
    );
    this.#runs = database.prepare('SELECT offsetBytes, blobs FROM manifests WHERE contentId = ? ORDER BY offsetBytes');
    this.#findBlob = database.prepare('SELECT lengthBytes, crcTableSha256, contentId FROM blobs WHERE blobId = ?');
    this.#refer = database.prepare('INSERT INTO blobs VALUES (?, 1, ?, ?, ?) ON CONFLICT DO NOTHING');
  }

  /** For the first version that has it. */
  add({ contentId, sizeBytes, sha256, refs }: ContentState): void {
    this.#insert.run(contentId, sizeBytes, sha256);
    this.#digest.added('contents', [contentId, 1, sizeBytes, sha256]);
    let offsetBytes = 0;
    for (let at = 0; at < refs.length; at += MANIFEST_PAGE_BLOBS_MAX) {
      const run = refs.slice(at, at + MANIFEST_PAGE_BLOBS_MAX);
      const packed = packBlobRefs(run);
      this.#insertRun.run(contentId, offsetBytes, packed);
      this.#digest.added('manifests', [contentId, offsetBytes, packed]);
      offsetBytes += run.reduce((sum, ref) => sum + ref.lengthBytes, 0);
    }
    for (const ref of refs) this.#referTo(ref, contentId);
  }

  /** For a further version that has it. */
  share(contentId: number): void {
    this.#countRefs(contentId, 1);
  }

  /**
   * For a version that is gone. The content goes with its last version: then `named` are the blobs that it consisted of, and `freed`
   * those that no other content names.
   */
  release(contentId: number): { readonly named: readonly BlobId[]; readonly freed: readonly BlobId[] } {
    const left = this.#countRefs(contentId, -1);
    if (left.refs > 0) return { named: [], freed: [] };
    const runs = this.#runs.all(contentId);
    const named = runs.flatMap((run) => unpackBlobRefs(run.blobs).map((ref) => ref.blobId));
    this.#deleteRuns.run(contentId);
    for (const { offsetBytes, blobs } of runs) this.#digest.removed('manifests', [contentId, offsetBytes, blobs]);
    this.#deleteContent.run(contentId);
    this.#digest.removed('contents', contentRow(left));
    return { named, freed: named.filter((blobId) => this.#releaseBlob(blobId)) };
  }

  /** Whether that was the last reference. */
  #releaseBlob(blobId: BlobId): boolean {
    const left = this.#countBlobRefs(idBytes(blobId), -1);
    if (left.refs > 0) return false;
    this.#deleteBlob.run(left.blobId);
    this.#digest.removed('blobs', blobRow(left));
    return true;
  }

  #referTo({ blobId, lengthBytes, crcTableSha256 }: BlobRef, contentId: number): void {
    const id = idBytes(blobId);
    if (this.#refer.run(id, lengthBytes, crcTableSha256, contentId).changes === 0) this.#countBlobRefs(id, 1);
    else this.#digest.added('blobs', [id, 1, lengthBytes, crcTableSha256, contentId]);
  }

  #countRefs(contentId: number, refs: 1 | -1): ContentRow {
    const after = this.#addRefs.get(refs, contentId);
    if (after === undefined) throw new Error(`There is no content ${contentId} to count references to`);
    this.#digest.changed('contents', contentRow({ ...after, refs: after.refs - refs }), contentRow(after));
    return after;
  }

  #countBlobRefs(id: Uint8Array, refs: 1 | -1): BlobRow {
    const after = this.#addBlobRefs.get(refs, id);
    if (after === undefined) throw new Error(`There is no blob ${Buffer.from(id).toString('hex')} to count references to`);
    this.#digest.changed('blobs', blobRow({ ...after, refs: after.refs - refs }), blobRow(after));
    return after;
  }

  findBlob(blobId: BlobId): BlobState | undefined {
    return this.#findBlob.get(idBytes(blobId));
  }

  /** From the blob that holds `firstByte` on; no blobs when the content ends before it. */
  pageOf(contentId: number, firstByte: number): ManifestPage | undefined {
    const run = this.#runAt.get(contentId, firstByte);
    if (run === undefined) return this.#has.get(contentId) && { contentId, offsetBytes: 0, blobs: new Uint8Array() };
    let { offsetBytes } = run;
    let skipped = 0;
    for (const { lengthBytes } of unpackBlobRefs(run.blobs)) {
      if (offsetBytes + lengthBytes > firstByte) break;
      offsetBytes += lengthBytes;
      skipped += 1;
    }
    return { contentId, offsetBytes, blobs: Uint8Array.from(run.blobs.subarray(skipped * BLOB_REF_BYTES)) };
  }

  /** All of the manifest, packed, in its runs. */
  manifestOf(contentId: number): Uint8Array[] | undefined {
    if (this.#has.get(contentId) === undefined) return undefined;
    return this.#runs.all(contentId).map((run) => run.blobs);
  }
}

function contentRow({ contentId, refs, sizeBytes, sha256 }: ContentRow): Row {
  return [contentId, refs, sizeBytes, sha256];
}

function blobRow({ blobId, refs, lengthBytes, crcTableSha256, contentId }: BlobRow): Row {
  return [blobId, refs, lengthBytes, crcTableSha256, contentId];
}
