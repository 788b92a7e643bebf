/** Walks through the whole trash of a space: what is in it, and how much. */
import type { FilesApi } from '../../api/files-api.ts';
import { amountOf, NO_AMOUNT, type TrashAmount } from './trash-amount.ts';

/** Every page counts so much and no more: of short pages more is known. */
const PAGE_ENTRIES = 250;

export interface CollectedTrash {
  readonly ids: readonly string[];
  readonly amount: TrashAmount;
}

export interface CollectOptions {
  readonly space: string;
  /** Called with what was found so far. */
  readonly onProgress: (amount: TrashAmount) => void;
  readonly signal: AbortSignal;
}

export async function collectTrash(files: Pick<FilesApi, 'trash'>, { space, onProgress, signal }: CollectOptions): Promise<CollectedTrash> {
  const ids: string[] = [];
  let amount = NO_AMOUNT;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<FilesApi['trash']>> = await files.trash(space, { cursor, limit: PAGE_ENTRIES }, signal);
    ids.push(...page.entries.map(({ id }) => id));
    amount = amountOf(page.entries, amount);
    onProgress(amount);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { ids, amount };
}
