/** All tables of one open catalogue; every statement is prepared once. */
import type { Database } from 'better-sqlite3';
import { ContentTable } from './content-table.ts';
import { DebtTable } from './debt-table.ts';
import { EntryTable } from './entry-table.ts';
import { MetaTable } from './meta-table.ts';
import { OperationTable } from './operation-table.ts';
import { SpaceTable } from './space-table.ts';
import { TrashTable } from './trash-table.ts';
import { VersionTable } from './version-table.ts';

export interface Tables {
  readonly meta: MetaTable;
  readonly spaces: SpaceTable;
  readonly entries: EntryTable;
  readonly versions: VersionTable;
  readonly contents: ContentTable;
  readonly operations: OperationTable;
  readonly trash: TrashTable;
  readonly debt: DebtTable;
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
    debt: new DebtTable(database),
  };
}
