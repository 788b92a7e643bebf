/** All tables of one open catalogue; every statement is prepared once. */
import type { Database } from 'better-sqlite3';
import { ContentTable } from './content-table.ts';
import { DebtTable } from './debt-table.ts';
import { EntryTable } from './entry-table.ts';
import { GoneBlobTable } from './gone-blob-table.ts';
import { MetaTable } from './meta-table.ts';
import { OperationTable } from './operation-table.ts';
import { SpaceTable } from './space-table.ts';
import { TrashTable } from './trash-table.ts';
import { UnlinkTable } from './unlink-table.ts';
import { VersionTable } from './version-table.ts';

export interface Tables {
  readonly meta: MetaTable;
  readonly spaces: SpaceTable;
  readonly entries: EntryTable;
  readonly versions: VersionTable;
  readonly contents: ContentTable;
  readonly operations: OperationTable;
  readonly trash: TrashTable;
  readonly gone: GoneBlobTable;
  readonly debt: DebtTable;
  readonly unlinks: UnlinkTable;
}

export function openTables(database: Database): Tables {
  return {
    meta: new MetaTable(database),
    spaces: new SpaceTable(database),
    entries: new EntryTable(database),
    versions: new VersionTable(database),
    contents: new ContentTable(database),
    operations: new OperationTable(database),
    trash: new TrashTable(database),
    gone: new GoneBlobTable(database),
    debt: new DebtTable(database),
    unlinks: new UnlinkTable(database),
  };
}
