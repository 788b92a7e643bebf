/** Where the tables of a catalogue contradict each other. Every rule is one that applying records keeps. Reads every row. */
import { BLOB_REF_BYTES } from '@netstore/wire-protocol';
import type { Database } from 'better-sqlite3';

interface Rule {
  readonly what: string;
  /** Gives the keys of the rows that break it. */
  readonly sql: string;
}

/** Examples that are named of each rule. */
const EXAMPLES_MAX = 3;

const RULES: readonly Rule[] = [
  {
    what: 'entries lie in a folder that is not there',
    sql: 'SELECT id FROM entries WHERE parentId IS NOT NULL AND parentId NOT IN (SELECT id FROM entries WHERE isFile = 0)',
  },
  {
    what: 'spaces have no root or no trash',
    sql: 'SELECT hex(spaceId) FROM spaces WHERE rootId NOT IN (SELECT id FROM entries) OR trashId NOT IN (SELECT id FROM entries)',
  },
  {
    what: 'files have no current version',
    sql: `SELECT id FROM entries e WHERE isFile = 1 AND NOT EXISTS
            (SELECT 1 FROM versions v WHERE v.entryId = e.id AND v.seq = e.versionSeq AND v.contentId = e.contentId)`,
  },
  {
    what: 'versions belong to no file',
    sql: 'SELECT entryId FROM versions WHERE entryId NOT IN (SELECT id FROM entries WHERE isFile = 1)',
  },
  {
    what: 'contents are counted wrongly',
    sql: `SELECT c.contentId FROM contents c LEFT JOIN (SELECT contentId, count(*) AS n FROM versions GROUP BY contentId) v
            ON v.contentId = c.contentId WHERE c.refs <> coalesce(v.n, 0)`,
  },
  { what: 'versions have no content', sql: 'SELECT contentId FROM versions WHERE contentId NOT IN (SELECT contentId FROM contents)' },
  {
    what: 'manifests belong to no content',
    sql: 'SELECT contentId FROM manifests WHERE contentId NOT IN (SELECT contentId FROM contents)',
  },
  {
    what: 'missing blobs are needed by no file',
    sql: 'SELECT hex(blobId) FROM missing_blobs WHERE blobId NOT IN (SELECT blobId FROM blobs)',
  },
  {
    what: 'references to blobs are counted wrongly',
    sql: `SELECT 'in manifests ' || m.n || ', counted ' || b.n FROM
            (SELECT coalesce(sum(length(blobs)), 0) / ${BLOB_REF_BYTES} AS n FROM manifests) m,
            (SELECT coalesce(sum(refs), 0) AS n FROM blobs) b WHERE m.n <> b.n`,
  },
];

/** A sentence for each rule that is broken. */
export function contradictionsOf(database: Database): string[] {
  return RULES.flatMap(({ what, sql }) => {
    const keys = database.prepare<[], string | number>(sql).pluck().all();
    if (keys.length === 0) return [];
    return [`${what} (${keys.length}, for example ${keys.slice(0, EXAMPLES_MAX).join(', ')})`];
  });
}
