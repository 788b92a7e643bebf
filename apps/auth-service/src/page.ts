/** Pages of lists that are ordered by a name: the cursor is the last name of the page before, which is no secret. */

const LIMIT_DEFAULT = 100;

export interface Page {
  /** `''` for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** One page, and the cursor to the next if there is one. */
export async function pageOf<Row>(
  { cursor = '', limit = LIMIT_DEFAULT }: { readonly cursor?: string; readonly limit?: number },
  read: (page: Page) => Promise<Row[]>,
  nameOf: (row: Row) => string,
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const rows = await read({ after: cursor, limit: limit + 1 });
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { rows, nextCursor: null };
  return { rows: rows.slice(0, limit), nextCursor: nameOf(last) };
}
