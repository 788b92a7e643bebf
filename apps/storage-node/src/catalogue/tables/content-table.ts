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

export class ContentTable {
  readonly #insert: Statement<[number, number, Uint8Array]>;
  readonly #share: Statement<[number]>;
  readonly #has: Statement<[number], { contentId: number }>;
  readonly #insertRun: Statement<[number, number, Uint8Array]>;
  readonly #unshare: Statement<[number], { refs: number }>;
  readonly #deleteContent: Statement<[number]>;
  readonly #deleteRuns: Statement<[number]>;
  readonly #unrefer: Statement<[Uint8Array], { refs: number }>;
  readonly #deleteBlob: Statement<[Uint8Array]>;
  readonly #runAt: Statement<[number, number], Run>;
  readonly #runs: Statement<[number], Run>;
  readonly #findBlob: Statement<[Uint8Array], BlobState>;
  readonly #refer: Statement<[Uint8Array, number, Uint8Array, number]>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO contents VALUES (?, 1, ?, ?)');
    this.#share = database.prepare('UPDATE contents SET refs = refs + 1 WHERE contentId = ?');
    this.#unshare = database.prepare('UPDATE contents SET refs = refs - 1 WHERE contentId = ? RETURNING refs');
    this.#deleteContent = database.prepare('DELETE FROM contents WHERE contentId = ?');
    this.#deleteRuns = database.prepare('DELETE FROM manifests WHERE contentId = ?');
    this.#unrefer = database.prepare('UPDATE blobs SET refs = refs - 1 WHERE blobId = ? RETURNING refs');
    this.#deleteBlob = database.prepare('DELETE FROM blobs WHERE blobId = ?');
    this.#has = database.prepare('SELECT contentId FROM contents WHERE contentId = ?');
    this.#insertRun = database.prepare('INSERT INTO manifests VALUES (?, ?, ?)');
    this.#runAt = database.prepare(
      'SELECT offsetBytes, blobs FROM manifests WHERE contentId = ? AND offsetBytes <= ? ORDER BY offsetBytes DESC LIMIT 1',
    );
    this.#runs = database.prepare('SELECT offsetBytes, blobs FROM manifests WHERE contentId = ? ORDER BY offsetBytes');
    this.#findBlob = database.prepare('SELECT lengthBytes, crcTableSha256, contentId FROM blobs WHERE blobId = ?');
    this.#refer = database.prepare('INSERT INTO blobs VALUES (?, 1, ?, ?, ?) ON CONFLICT (blobId) DO UPDATE SET refs = refs + 1');
  }

  /** For the first version that has it. */
  add({ contentId, sizeBytes, sha256, refs }: ContentState): void {
    this.#insert.run(contentId, sizeBytes, sha256);
    let offsetBytes = 0;
    for (let at = 0; at < refs.length; at += MANIFEST_PAGE_BLOBS_MAX) {
      const run = refs.slice(at, at + MANIFEST_PAGE_BLOBS_MAX);
      this.#insertRun.run(contentId, offsetBytes, packBlobRefs(run));
      offsetBytes += run.reduce((sum, ref) => sum + ref.lengthBytes, 0);
    }
    for (const ref of refs) this.#refer.run(idBytes(ref.blobId), ref.lengthBytes, ref.crcTableSha256, contentId);
  }

  /** For a further version that has it. */
  share(contentId: number): void {
    this.#share.run(contentId);
  }

  /**
   * For a version that is gone. The content goes with its last version: then `named` are the blobs that it consisted of, and `freed`
   * those that no other content names.
   */
  release(contentId: number): { readonly named: readonly BlobId[]; readonly freed: readonly BlobId[] } {
    const left = this.#unshare.get(contentId);
    if (left === undefined) throw new Error(`There is no content ${contentId} to release`);
    if (left.refs > 0) return { named: [], freed: [] };
    const named = this.#runs.all(contentId).flatMap((run) => unpackBlobRefs(run.blobs).map((ref) => ref.blobId));
    this.#deleteRuns.run(contentId);
    this.#deleteContent.run(contentId);
    return { named, freed: named.filter((blobId) => this.#releaseBlob(blobId)) };
  }

  /** Whether that was the last reference. */
  #releaseBlob(blobId: BlobId): boolean {
    const id = idBytes(blobId);
    if (this.#unrefer.get(id)?.refs !== 0) return false;
    this.#deleteBlob.run(id);
    return true;
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
