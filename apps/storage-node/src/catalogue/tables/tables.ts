/** All tables of one open catalogue; every statement is prepared once. */
import type { Database } from 'better-sqlite3';
import { RunningDigest } from '../digest/running-digest.ts';
import { ContentTable } from './content-table.ts';
import { DebtTable } from './debt-table.ts';
import { DoubtTable } from './doubt-table.ts';
import { EntryTable } from './entry-table.ts';
import { GoneBlobTable } from './gone-blob-table.ts';
import { MetaTable } from './meta-table.ts';
import { OperationTable } from './operation-table.ts';
import { SpaceTable } from './space-table.ts';
import { TrashTable } from './trash-table.ts';
import { UnlinkTable } from './unlink-table.ts';
import { VersionTable } from './version-table.ts';

export interface Tables {
  /** Over the rows of all replicated tables; these tables keep it up to date. */
  readonly digest: RunningDigest;
  readonly meta: MetaTable;
  readonly spaces: SpaceTable;
  readonly entries: EntryTable;
  readonly versions: VersionTable;
  readonly contents: ContentTable;
  readonly operations: OperationTable;
  readonly trash: TrashTable;
  readonly gone: GoneBlobTable;
  readonly debt: DebtTable;
  readonly doubts: DoubtTable;
  readonly unlinks: UnlinkTable;
}

export function openTables(database: Database): Tables {
  const digest = new RunningDigest();
  return {
    digest,
    meta: new MetaTable(database, digest),
    spaces: new SpaceTable(database, digest),
    entries: new EntryTable(database, digest),
    versions: new VersionTable(database, digest),
    contents: new ContentTable(database, digest),
    operations: new OperationTable(database, digest),
    trash: new TrashTable(database, digest),
    gone: new GoneBlobTable(database, digest),
    debt: new DebtTable(database),
    doubts: new DoubtTable(database),
    unlinks: new UnlinkTable(database),
  };
}
