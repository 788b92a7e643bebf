/** The trash of a space, page by page, answered like every other question about it. */

import { answered, type QueryOptions } from './handle-query.ts';
import type { Handler } from './handler.ts';

export interface TrashOptions extends QueryOptions {
  /** How long an entry stays in the trash, by this node's setting. */
  readonly trashGraceMs: number;
}

export function trashHandler({ trashGraceMs, ...options }: TrashOptions): Handler<'LIST_TRASH'> {
  return async (question, connection) => {
    const { found, ...state } = await answered(question, options, () => options.catalogue.trash.page(question));
    await connection.send('TRASH', { ...state, graceMs: trashGraceMs, ...found });
  };
}
