/** What the fake nodes agree on: one log of outcomes and one tree of files in memory, for tests of the gateway alone. */
import {
  type BlobId,
  type FilePath,
  type IfExists,
  NetStoreError,
  type NodeId,
  type OperationId,
  type SpaceId,
  type UserId,
  versionIdAt,
} from '@netstore/shared-types';
import {
  type Commit,
  type Committed,
  type EntryRow,
  type Expected,
  type FileVersion,
  type Operation,
  type TrashRow,
  unpackBlobRefs,
} from '@netstore/wire-protocol';

interface FakeFile {
  readonly version: FileVersion;
  readonly manifest: Uint8Array;
}
type FakeEntry = { readonly modifiedAtMs: number; readonly versions: readonly FakeFile[] };
interface Trashed {
  readonly space: string;
  readonly row: TrashRow;
  readonly entry: FakeEntry;
}

const accepted = (entry: EntryRow | null, isCreated: boolean): Committed['outcome'] => ({ isAccepted: true, entry, isCreated });

export class FakeTree {
  readonly outcomes = new Map<OperationId, Committed>();
  readonly manifests = new Map<number, Uint8Array>();
  readonly abandoned: BlobId[] = [];
  /** What nodes say that spaces take. */
  readonly usage = new Map<SpaceId, number>();
  readonly #entries = new Map<string, FakeEntry>();
  readonly #trash: Trashed[] = [];
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

  /** Last trashed first. */
  trash(space: string): TrashRow[] {
    return this.#trash.flatMap((trashed) => (trashed.space === space ? [trashed.row] : [])).reverse();
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
        this.#toTrash(operation.space, operation.path, author);
        return accepted(null, false);
      case 'restore':
        return this.#restore(operation);
      case 'purge':
        return this.#purge(operation);
      case 'purge-versions':
        return this.#purgeVersions(operation);
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

  #moveOrCopy({ kind, space, from, to: wanted, ifExists }: Extract<Operation, { kind: 'move' | 'copy' }>): Committed['outcome'] {
    const entry = this.#entries.get(`${space}:${from}`);
    if (entry === undefined) throw new NetStoreError('NS_NOT_FOUND', `${from} is not there`);
    const to = this.#settle(space, wanted, ifExists);
    this.#entries.set(`${space}:${to}`, entry);
    if (kind === 'move') this.#entries.delete(`${space}:${from}`);
    return accepted(this.row(space, to), true);
  }

  /** Where something comes to lie. What is replaced is gone: nobody looks for it in the trash of this tree. */
  #settle(space: string, wanted: string, ifExists: IfExists): string {
    if (ifExists === 'replace' || !this.#entries.has(`${space}:${wanted}`)) return wanted;
    if (ifExists === 'fail') throw new NetStoreError('NS_ALREADY_EXISTS', `${wanted} is there already`);
    const [, name = '', ending = ''] = /^(.*?)(\.[^./]*)?$/.exec(wanted) ?? [];
    let number = 1;
    while (this.#entries.has(`${space}:${name} (${number})${ending}`)) number += 1;
    return `${name} (${number})${ending}`;
  }

  #toTrash(space: string, path: string, trashedBy: UserId): void {
    const entry = this.#entries.get(`${space}:${path}`);
    if (entry === undefined) return;
    this.#entries.delete(`${space}:${path}`);
    const sizeBytes = sizeOf(entry.versions);
    const isFile = entry.versions.length > 0;
    this.#trash.push({
      space,
      row: { trashId: this.#seq, path: path as FilePath, isFile, files: isFile ? 1 : 0, sizeBytes, trashedAtMs: Date.now(), trashedBy },
      entry,
    });
  }

  #restore({ space, trashId, to, ifExists }: Extract<Operation, { kind: 'restore' }>): Committed['outcome'] {
    const trashed = this.#trash.find((each) => each.space === space && each.row.trashId === trashId);
    if (trashed === undefined) throw new NetStoreError('NS_NOT_FOUND', 'it is not in the trash');
    const path = this.#settle(space, to ?? trashed.row.path, ifExists);
    this.#take(space, trashId);
    this.#entries.set(`${space}:${path}`, trashed.entry);
    return accepted(this.row(space, path), true);
  }

  #purge({ space, trashIds }: Extract<Operation, { kind: 'purge' }>): Committed['outcome'] {
    const purged = trashIds.flatMap((trashId) => this.#take(space, trashId)?.entry ?? []);
    const versions = purged.flatMap((entry) => entry.versions);
    const files = purged.filter((entry) => entry.versions.length > 0).length;
    return {
      isAccepted: true,
      entry: null,
      isCreated: false,
      purged: { entries: purged.length, files, versions: versions.length, bytes: sizeOf(versions), isComplete: true },
    };
  }

  #purgeVersions({ space, path, versions: named }: Extract<Operation, { kind: 'purge-versions' }>): Committed['outcome'] {
    const entry = this.#entries.get(`${space}:${path}`);
    if (entry === undefined) throw new NetStoreError('NS_NOT_FOUND', `${path} is not there`);
    const isPurged = (file: FakeFile): boolean => file !== entry.versions[0] && named.includes(file.version.version);
    const purged = entry.versions.filter(isPurged);
    this.#entries.set(`${space}:${path}`, { ...entry, versions: entry.versions.filter((file) => !isPurged(file)) });
    return {
      isAccepted: true,
      entry: this.row(space, path),
      isCreated: false,
      purged: { entries: 0, files: 0, versions: purged.length, bytes: sizeOf(purged), isComplete: true },
    };
  }

  #take(space: string, trashId: number): Trashed | undefined {
    const at = this.#trash.findIndex((trashed) => trashed.space === space && trashed.row.trashId === trashId);
    return at === -1 ? undefined : this.#trash.splice(at, 1)[0];
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

const sizeOf = (files: readonly FakeFile[]): number => files.reduce((sum, { version }) => sum + version.sizeBytes, 0);

export const nodeName = (index: number): NodeId => `node-${index + 1}` as NodeId;
