/**
 * What a space is meant to be, as simply as it can be said: a map from paths to what is there, and one from names in the trash to
 * what went there. The property tests hold the catalogue against it. It knows no rows, ids or bounds on length.
 */
import type {
  CopyOperation,
  Expected,
  MoveOperation,
  Operation,
  PurgeVersionsOperation,
  PutOperation,
  RestoreOperation,
} from '@netstore/wire-protocol';
import { unpackBlobIds, unpackBlobRefs } from '@netstore/wire-protocol';
import { BlobModel } from './blob-model.ts';

export interface ModelVersion {
  readonly version: string;
  readonly contentId: number;
  readonly sizeBytes: number;
}

/** Newest first; null for a folder. */
type Node = readonly ModelVersion[] | null;
type Subtree = readonly (readonly [path: string, node: Node])[];

export class TreeModel {
  readonly nodes = new Map<string, Node>();
  /** By the seq that trashed it. */
  readonly trash = new Map<number, { readonly path: string; readonly below: Subtree }>();
  readonly stored = new BlobModel();
  bytes = 0;
  files = 0;
  #seq = 0;

  /** The code of the rejection, or 'accepted'. */
  apply(operation: Operation, seq: number): string {
    this.#seq = seq;
    switch (operation.kind) {
      case 'put': {
        const code = this.#put(operation);
        if (code !== 'accepted') this.stored.letGo(unpackBlobRefs(operation.blobs).map(({ blobId }) => blobId));
        return code;
      }
      case 'make-folder':
        return this.#makeFolder(operation.path);
      case 'move':
        return operation.from === operation.to && this.nodes.has(operation.from) ? 'accepted' : this.#transfer(operation);
      case 'copy':
        return this.#transfer(operation);
      case 'delete':
        return this.#delete(operation.path, operation.expected);
      case 'restore':
        return this.#restore(operation);
      case 'purge':
        for (const trashId of operation.trashIds) this.#purge(trashId);
        return 'accepted';
      case 'purge-versions':
        return this.#purgeVersions(operation);
      case 'discard':
        this.stored.letGo(unpackBlobIds(operation.blobIds));
        return 'accepted';
    }
  }

  #put({ path, expected, sizeBytes, blobs }: PutOperation): string {
    const node = this.nodes.get(path);
    if (this.#fileOnTheWay(path)) return 'NS_PATH_IS_FILE';
    if (node === null) return 'NS_PATH_IS_FOLDER';
    if (!isExpected(expected, node)) return 'NS_PRECONDITION_FAILED';
    if (!this.stored.add(this.#seq, unpackBlobRefs(blobs))) return 'NS_CONFLICT';
    this.#makeParents(path);
    this.nodes.set(path, [{ version: this.#seq.toString(36), contentId: this.#seq, sizeBytes }, ...(node ?? [])]);
    this.bytes += sizeBytes;
    this.files += node === undefined ? 1 : 0;
    return 'accepted';
  }

  #makeFolder(path: string): string {
    const node = this.nodes.get(path);
    if (this.#fileOnTheWay(path) || (node !== undefined && node !== null)) return 'NS_PATH_IS_FILE';
    if (node === null) return 'NS_ALREADY_EXISTS';
    this.#makeParents(path);
    this.nodes.set(path, null);
    return 'accepted';
  }

  #delete(path: string, expected: Expected): string {
    if (!isExpected(expected, this.nodes.get(path))) return 'NS_PRECONDITION_FAILED';
    if (this.nodes.has(path)) this.#toTrash(path);
    return 'accepted';
  }

  #restore({ trashId, to, ifExists }: RestoreOperation): string {
    const trashed = this.trash.get(trashId);
    if (trashed === undefined) return 'NS_NOT_FOUND';
    const path = to ?? trashed.path;
    const source = trashed.below[0]?.[1];
    if (this.#fileOnTheWay(path)) return 'NS_PATH_IS_FILE';
    const target = this.nodes.get(path);
    if (target !== undefined && ifExists === 'fail') return 'NS_ALREADY_EXISTS';
    if (target !== undefined && ifExists === 'replace') {
      if (source !== null && target === null) return 'NS_PATH_IS_FOLDER';
      if (source === null && target !== null) return 'NS_PATH_IS_FILE';
      this.#toTrash(path);
    }
    this.#hang(trashed.below, trashed.path, target !== undefined && ifExists === 'keep-both' ? this.#freeName(path) : path);
    this.trash.delete(trashId);
    return 'accepted';
  }

  #purge(trashId: number): void {
    for (const [, node] of this.trash.get(trashId)?.below ?? []) {
      for (const version of node ?? []) this.#free(version);
      this.files -= node === null ? 0 : 1;
    }
    this.trash.delete(trashId);
  }

  #purgeVersions({ path, versions }: PurgeVersionsOperation): string {
    if (this.#fileOnTheWay(path)) return 'NS_PATH_IS_FILE';
    const node = this.nodes.get(path);
    if (node === undefined) return 'NS_NOT_FOUND';
    if (node === null) return 'NS_PATH_IS_FOLDER';
    const isFreed = ({ version }: ModelVersion): boolean =>
      version !== node[0]?.version && (versions as readonly string[]).includes(version);
    for (const version of node.filter(isFreed)) this.#free(version);
    this.nodes.set(
      path,
      node.filter((version) => !isFreed(version)),
    );
    return 'accepted';
  }

  #transfer({ kind, from, to, ifExists }: MoveOperation | CopyOperation): string {
    const source = this.nodes.get(from);
    if (source === undefined) return 'NS_NOT_FOUND';
    if (this.#fileOnTheWay(to)) return 'NS_PATH_IS_FILE';
    if (to.startsWith(`${from}/`)) return 'NS_CONFLICT';
    const target = this.nodes.get(to);
    if (target !== undefined && ifExists === 'fail') return 'NS_ALREADY_EXISTS';
    if (target !== undefined && ifExists === 'replace') {
      if (from === to || from.startsWith(`${to}/`)) return 'NS_CONFLICT';
      if (source !== null && target === null) return 'NS_PATH_IS_FOLDER';
      if (source === null && target !== null) return 'NS_PATH_IS_FILE';
      this.#toTrash(to);
    }
    const end = target !== undefined && ifExists === 'keep-both' ? this.#freeName(to) : to;
    this.#hang(kind === 'move' ? this.#take(from) : this.#copyOf(from), from, end);
    return 'accepted';
  }

  #toTrash(path: string): void {
    this.trash.set(this.#seq, { path, below: this.#take(path) });
  }

  /** Removes an entry and all below it. */
  #take(path: string): Subtree {
    const taken = this.#below(path);
    for (const [at] of taken) this.nodes.delete(at);
    return taken;
  }

  #hang(subtree: Subtree, from: string, to: string): void {
    this.#makeParents(to);
    for (const [path, node] of subtree) this.nodes.set(to + path.slice(from.length), node);
  }

  #copyOf(path: string): Subtree {
    let ordinal = 0;
    return this.#below(path).map(([at, node]) => {
      const [current] = node ?? [];
      if (current === undefined) return [at, null];
      const version = ordinal === 0 ? this.#seq.toString(36) : `${this.#seq.toString(36)}-${ordinal.toString(36)}`;
      ordinal += 1;
      this.stored.share(current.contentId);
      this.bytes += current.sizeBytes;
      this.files += 1;
      return [at, [{ ...current, version }]];
    });
  }

  #free({ contentId, sizeBytes }: ModelVersion): void {
    this.stored.release(contentId);
    this.bytes -= sizeBytes;
  }

  /** Level by level, names in order. */
  #below(path: string): Subtree {
    const found = [...this.nodes].filter(([at]) => at === path || at.startsWith(`${path}/`));
    const key = (at: string): string[] => [String(at.split('/').length).padStart(3, '0'), ...at.split('/')];
    return found.sort(([a], [b]) => compareNames(key(a), key(b)));
  }

  #freeName(path: string): string {
    let number = 2;
    while (this.nodes.has(`${path} (${number})`)) number += 1;
    return `${path} (${number})`;
  }

  #fileOnTheWay(path: string): boolean {
    return parentsOf(path).some((parent) => this.nodes.get(parent) != null);
  }

  #makeParents(path: string): void {
    for (const parent of parentsOf(path)) this.nodes.set(parent, null);
  }
}

function parentsOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  for (const [index, name] of a.entries()) {
    const other = b[index] ?? '';
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}

function isExpected(expected: Expected, node: Node | undefined): boolean {
  if (expected.kind === 'absent') return node === undefined;
  if (expected.kind === 'present') return node !== undefined;
  return expected.kind === 'any' || node?.[0]?.version === expected.version;
}
