/**
 * What a space is meant to be, as simply as it can be said: a map from paths to what is there. The property tests hold the
 * catalogue against it. It knows no rows, ids or bounds on length.
 */
import type { CopyOperation, Expected, MoveOperation, Operation, PutOperation } from '@netstore/wire-protocol';
import { unpackBlobRefs } from '@netstore/wire-protocol';

export interface ModelVersion {
  readonly version: string;
  readonly contentId: number;
  readonly sizeBytes: number;
}

/** Newest first; null for a folder. */
type Node = readonly ModelVersion[] | null;

export class TreeModel {
  readonly nodes = new Map<string, Node>();
  /** By blob id. */
  readonly blobs = new Map<string, { refs: number; bytes: string }>();
  /** Versions that have each content, trashed ones included. */
  readonly contentRefs = new Map<number, number>();
  bytes = 0;
  files = 0;

  /** The code of the rejection, or 'accepted'. */
  apply(operation: Operation, seq: number): string {
    switch (operation.kind) {
      case 'put':
        return this.#put(operation, seq);
      case 'make-folder':
        return this.#makeFolder(operation.path);
      case 'move':
        return operation.from === operation.to && this.nodes.has(operation.from) ? 'accepted' : this.#transfer(operation, seq);
      case 'copy':
        return this.#transfer(operation, seq);
      case 'delete':
        return this.#delete(operation.path, operation.expected);
      case 'discard':
        return 'accepted';
    }
  }

  #put({ path, expected, sizeBytes, blobs }: PutOperation, seq: number): string {
    const node = this.nodes.get(path);
    if (this.#fileOnTheWay(path)) return 'NS_PATH_IS_FILE';
    if (node === null) return 'NS_PATH_IS_FOLDER';
    if (!isExpected(expected, node)) return 'NS_PRECONDITION_FAILED';
    const refs = unpackBlobRefs(blobs).map((ref) => ({
      id: ref.blobId,
      bytes: `${ref.lengthBytes} ${Buffer.from(ref.crcTableSha256).toString('hex')}`,
    }));
    if (refs.some(({ id, bytes }) => (this.blobs.get(id) ?? refs.find((ref) => ref.id === id))?.bytes !== bytes)) return 'NS_CONFLICT';
    for (const { id, bytes } of refs) this.blobs.set(id, { bytes, refs: (this.blobs.get(id)?.refs ?? 0) + 1 });
    this.#makeParents(path);
    this.nodes.set(path, [{ version: seq.toString(36), contentId: seq, sizeBytes }, ...(node ?? [])]);
    this.#count(seq, sizeBytes, node === undefined ? 1 : 0);
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
    this.#take(path);
    return 'accepted';
  }

  #transfer({ kind, from, to, ifExists }: MoveOperation | CopyOperation, seq: number): string {
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
      this.#take(to);
    }
    const end = target !== undefined && ifExists === 'keep-both' ? this.#freeName(to) : to;
    const below = kind === 'move' ? this.#take(from) : this.#copyOf(from, seq);
    this.#makeParents(end);
    for (const [path, node] of below) this.nodes.set(end + path.slice(from.length), node);
    return 'accepted';
  }

  /** Removes an entry and all below it. */
  #take(path: string): [string, Node][] {
    const taken = this.#below(path);
    for (const [at] of taken) this.nodes.delete(at);
    return taken;
  }

  #copyOf(path: string, seq: number): [string, Node][] {
    let ordinal = 0;
    return this.#below(path).map(([at, node]) => {
      const [current] = node ?? [];
      if (current === undefined) return [at, null];
      const version = ordinal === 0 ? seq.toString(36) : `${seq.toString(36)}-${ordinal.toString(36)}`;
      ordinal += 1;
      this.#count(current.contentId, current.sizeBytes, 1);
      return [at, [{ ...current, version }]];
    });
  }

  /** Level by level, names in order. */
  #below(path: string): [string, Node][] {
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

  #count(contentId: number, bytes: number, files: number): void {
    this.contentRefs.set(contentId, (this.contentRefs.get(contentId) ?? 0) + 1);
    this.bytes += bytes;
    this.files += files;
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
