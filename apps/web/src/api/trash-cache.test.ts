import type { TrashEntry, TrashPage } from '@netstore/shared-types';
import { type InfiniteData, QueryClient } from '@tanstack/react-query';
import { describe, expect, test } from 'vitest';
import { TrashCache, trashKey } from './trash-cache.ts';

const entry = (id: string): TrashEntry => ({
  id,
  kind: 'file',
  name: id,
  path: id,
  files: 1,
  sizeBytes: 1,
  deletedAt: '2026-01-01T00:00:00.000Z',
  deletedBy: 'user',
  purgeAt: '2026-01-31T00:00:00.000Z',
});
const page = (ids: readonly string[], nextCursor: string | null): TrashPage => ({ entries: ids.map(entry), nextCursor });

function loaded(): { readonly queries: QueryClient; readonly cache: TrashCache; readonly ids: (space: string) => string[][] | undefined } {
  const queries = new QueryClient();
  for (const space of ['mine', 'other']) {
    const pages = [page(['4', '3'], '3'), page(['2', '1'], null)];
    queries.setQueryData<InfiniteData<TrashPage, string | null>>(trashKey(space), { pages, pageParams: [null, '3'] });
  }
  const ids = (space: string): string[][] | undefined =>
    queries.getQueryData<InfiniteData<TrashPage>>(trashKey(space))?.pages.map(({ entries }) => entries.map(({ id }) => id));
  return { queries, cache: new TrashCache(queries), ids };
}

describe('the loaded trash', () => {
  test('loses what was restored or purged, on every page, and keeps its cursors', () => {
    const { queries, cache, ids } = loaded();
    cache.drop('mine', new Set(['4', '1', 'unknown']));
    expect(ids('mine')).toEqual([['3'], ['2']]);
    expect(queries.getQueryData<InfiniteData<TrashPage>>(trashKey('mine'))?.pages[0]?.nextCursor).toBe('3');
    expect(ids('other')).toEqual([
      ['4', '3'],
      ['2', '1'],
    ]);
  });

  test('that was never looked at stays unloaded', () => {
    const cache = new TrashCache(new QueryClient());
    expect(() => cache.drop('mine', new Set(['1']))).not.toThrow();
  });

  test('is forgotten when something else is in it and nobody looks', async () => {
    const { cache, ids } = loaded();
    await cache.renew('mine');
    expect(ids('mine')).toBeUndefined();
    expect(ids('other')).toBeDefined();
  });
});
