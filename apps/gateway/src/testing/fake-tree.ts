/** What the fake nodes agree on: one log of outcomes and one tree of files in memory, for tests of the gateway alone. */
import { type BlobId, type FilePath, NetStoreError, type NodeId, type OperationId, type UserId, versionIdAt } from '@netstore/shared-types';
import {
  type Commit,
  type Committed,
  type EntryRow,
  type Expected,
  type FileVersion,
  type Operation,
  unpackBlobRefs,
} from '@netstore/wire-protocol';

interface FakeFile {
  readonly version: FileVersion;
  readonly manifest: Uint8Array;
}
type FakeEntry = { readonly modifiedAtMs: number; readonly versions: readonly FakeFile[] };

const accepted = (entry: EntryRow | null, isCreated: boolean): Committed['outcome'] => ({ isAccepted: true, entry, isCreated });

export class FakeTree {
  readonly outcomes = new Map<OperationId, Committed>();
  readonly manifests = new Map<number, Uint8Array>();
  readonly abandoned: BlobId[] = [];
  readonly #entries = new Map<string, FakeEntry>();
  readonly #nodeCount: number;
  #seq = 0;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
  }

  get seq(): number {
    return this.#seq;
  }

  commit({ operationId, fingerprint, author, operation }: Commit, epoch: number): Committed {
    const known = this.outcomes.get(operationId);
    if (known !== undefined) {
      if (!Buffer.from(known.fingerprint).equals(fingerprint)) throw new NetStoreError('NS_OPERATION_ID_REUSED', 'another fingerprint');
      return { ...known, isReplay: true };
    }
    this.#seq += 1;
    const committed = {
      seq: this.#seq,
      epoch,
      fingerprint,
      outcome: this.#decide(operation, author),
      replicas: this.#replicas(),
      isReplay: false,
    };
    this.outcomes.set(operationId, committed);
    return committed;
  }

  row(space: string, path: string, version: string | null = null): EntryRow | null {
    const entry = this.#entries.get(`${space}:${path}`);
    if (entry === undefined) return null;
    const file = version === null ? entry.versions[0] : entry.versions.find((each) => each.version.version === version);
    if (entry.versions.length > 0 && file === undefined) return null;
    return {
      path: path as FilePath,
      modifiedAtMs: entry.modifiedAtMs,
      file: file?.version ?? null,
      replicas: file === undefined ? null : this.#replicas(),
    };
  }

  versions(space: string, path: string): FileVersion[] {
    return this.#entries.get(`${space}:${path}`)?.versions.map(({ version }) => version) ?? [];
  }

  children(space: string, folder: string): EntryRow[] {
    const prefix = `${space}:${folder === '' ? '' : `${folder}/`}`;
    const names = [...this.#entries.keys()].filter((key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/'));
    return names.sort().map((key) => this.row(space, key.slice(space.length + 1)) as EntryRow);
  }

  blobIdsOf(contentId: number): BlobId[] {
    return unpackBlobRefs(this.manifests.get(contentId) ?? new Uint8Array()).map(({ blobId }) => blobId);
  }

  #decide(operation: Operation, author: UserId): Committed['outcome'] {
    try {
      return this.#apply(operation, author);
    } catch (error) {
      if (!(error instanceof NetStoreError)) throw error;
      return { isAccepted: false, code: error.code, message: error.message };
    }
  }

  #apply(operation: Operation, author: UserId): Committed['outcome'] {
    switch (operation.kind) {
      case 'put':
        return this.#put(operation, author);
      case 'delete':
        this.#check(operation.space, operation.path, operation.expected);
        this.#entries.delete(`${operation.space}:${operation.path}`);
        return accepted(null, false);
      case 'make-folder':
        return this.#makeFolder(operation.space, operation.path);
      case 'move':
      case 'copy':
        return this.#moveOrCopy(operation);
      case 'discard':
        throw new NetStoreError('NS_INTERNAL', 'nodes discard through ABANDON');
    }
  }

  #put(operation: Extract<Operation, { kind: 'put' }>, author: UserId): Committed['outcome'] {
    const { space, path, expected, contentType, sizeBytes, sha256, blobs } = operation;
    this.#check(space, path, expected);
    const contentId = this.#seq;
    this.manifests.set(contentId, blobs);
    const nowMs = Date.now();
    const version: FileVersion = { version: versionIdAt(this.#seq), contentId, sizeBytes, sha256, contentType, createdAtMs: nowMs, author };
    const before = this.#entries.get(`${space}:${path}`);
    this.#entries.set(`${space}:${path}`, { modifiedAtMs: nowMs, versions: [{ version, manifest: blobs }, ...(before?.versions ?? [])] });
    return accepted(this.row(space, path), before === undefined);
  }

  #makeFolder(space: string, path: string): Committed['outcome'] {
    if (this.#entries.has(`${space}:${path}`)) throw new NetStoreError('NS_ALREADY_EXISTS', `${path} is there already`);
    this.#entries.set(`${space}:${path}`, { modifiedAtMs: Date.now(), versions: [] });
    return accepted(this.row(space, path), true);
  }

  #moveOrCopy({ kind, space, from, to }: Extract<Operation, { kind: 'move' | 'copy' }>): Committed['outcome'] {
    const entry = this.#entries.get(`${space}:${from}`);
    if (entry === undefined) throw new NetStoreError('NS_NOT_FOUND', `${from} is not there`);
    if (this.#entries.has(`${space}:${to}`)) throw new NetStoreError('NS_ALREADY_EXISTS', `${to} is there already`);
    this.#entries.set(`${space}:${to}`, entry);
    if (kind === 'move') this.#entries.delete(`${space}:${from}`);
    return accepted(this.row(space, to), true);
  }

  #check(space: string, path: string, expected: Expected): void {
    const current = this.#entries.get(`${space}:${path}`)?.versions[0]?.version.version;
    const holds = {
      any: true,
      absent: current === undefined,
      present: current !== undefined,
      version: expected.kind === 'version' && expected.version === current,
    };
    if (!holds[expected.kind])
      throw new NetStoreError('NS_PRECONDITION_FAILED', `expected ${expected.kind}, found ${current ?? 'nothing'}`);
  }

  #replicas(): { durable: number; total: number } {
    return { durable: this.#nodeCount, total: this.#nodeCount };
  }
}

export const nodeName = (index: number): NodeId => `node-${index + 1}` as NodeId;
