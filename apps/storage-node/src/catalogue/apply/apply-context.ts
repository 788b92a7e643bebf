/** What the rules of an operation are given, and what they give back. */
import type { BlobId } from '@netstore/shared-types';
import type { EntryRow, Purged } from '@netstore/wire-protocol';
import type { Tables } from '../tables/tables.ts';
import type { Stamp } from './stamp.ts';
import type { Tree } from './tree.ts';

export interface ApplyContext {
  readonly tables: Tables;
  readonly tree: Tree;
  readonly stamp: Stamp;
  /** Blobs of this record that this node does not hold. Outcomes never depend on it. */
  readonly missing: ReadonlySet<BlobId>;
}

/** An accepted operation. */
export interface Applied {
  readonly entry: EntryRow | null;
  readonly isCreated: boolean;
  /** Staged blobs that the operation lets go. */
  readonly discarded?: readonly BlobId[];
  readonly purged?: Purged;
}
