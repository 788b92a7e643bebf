/**
 * `manifest.json` of an export: what was written, what it was called, and what could not be recovered. It is written as the export goes on,
 * one entry a line, so that a million files need no memory; it gets its name at the end, so that an export without it is incomplete.
 */
import type { FileHandle } from 'node:fs/promises';
import type { SpaceId, UserId, VersionId } from '@netstore/shared-types';

/** Changes when a field changes its meaning or goes away. */
export const MANIFEST_FORMAT = 'netstore-export 1';
const BUFFER_LENGTH = 64 * 1024;

export interface FolderEntry {
  readonly kind: 'folder';
  readonly space: SpaceId;
  readonly path: string;
  readonly modifiedAt: string;
  /** From the top of the export. */
  readonly writtenAs: string;
}

export interface FileEntry {
  readonly kind: 'file';
  readonly space: SpaceId;
  readonly path: string;
  readonly version: VersionId;
  readonly isCurrent: boolean;
  /** The record of the log that made the version. */
  readonly seq: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly createdAt: string;
  readonly author: UserId;
  /** From the top of the export; null when it could not be recovered. */
  readonly writtenAs: string | null;
  /** Why it could not be recovered; null when it was. */
  readonly problem: string | null;
}

export class ManifestWriter {
  readonly #handle: FileHandle;
  #buffer = '';
  #hasEntries = false;

  /** `head`: everything but the entries. */
  constructor(handle: FileHandle, head: Readonly<Record<string, unknown>>) {
    this.#handle = handle;
    this.#buffer = `${JSON.stringify({ format: MANIFEST_FORMAT, ...head }, undefined, 2).slice(0, -2)},\n  "entries": [`;
  }

  async add(entry: FolderEntry | FileEntry): Promise<void> {
    this.#buffer += `${this.#hasEntries ? ',' : ''}\n    ${JSON.stringify(entry)}`;
    this.#hasEntries = true;
    if (this.#buffer.length >= BUFFER_LENGTH) await this.#flush();
  }

  async end(tail: Readonly<Record<string, unknown>>): Promise<void> {
    this.#buffer += `\n  ],\n  ${JSON.stringify(tail, undefined, 2).slice(4, -2)}\n}\n`;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#handle.appendFile(this.#buffer);
    this.#buffer = '';
  }
}
