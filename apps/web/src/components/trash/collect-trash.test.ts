import type { TrashPage } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { collectTrash } from './collect-trash.ts';

const pages: Record<string, TrashPage> = {
  first: page(['5', '4'], '4'),
  '4': page(['3', '2'], '2'),
  '2': page(['1'], null),
};

function page(ids: readonly string[], nextCursor: string | null): TrashPage {
  const shared = { kind: 'file', name: 'a', path: 'a', files: 1, sizeBytes: 10, deletedBy: 'user' } as const;
  const times = { deletedAt: '2026-01-01T00:00:00.000Z', purgeAt: '2026-01-31T00:00:00.000Z' };
  return { entries: ids.map((id) => ({ id, ...shared, ...times })), nextCursor };
}

describe('going through the trash', () => {
  test('takes every page and says how far it is', async () => {
    const files = { trash: async (_: string, { cursor }: { cursor: string | null }) => pages[cursor ?? 'first'] ?? page([], null) };
    const seen: number[] = [];
    const { signal } = new AbortController();
    const collected = await collectTrash(files, { space: 'home', onProgress: ({ entries }) => seen.push(entries), signal });
    expect(collected).toEqual({ ids: ['5', '4', '3', '2', '1'], amount: { entries: 5, files: 5, sizeBytes: 50, isExact: true } });
    expect(seen).toEqual([2, 4, 5]);
  });

  test('fails as a whole when one page cannot be had: half of it must not pass for all', async () => {
    const files = {
      trash: async (_: string, { cursor }: { cursor: string | null }): Promise<TrashPage> => {
        if (cursor === null) return page(['2'], '2');
        throw new Error('no answer');
      },
    };
    const { signal } = new AbortController();
    await expect(collectTrash(files, { space: 'home', onProgress: () => undefined, signal })).rejects.toThrow('no answer');
  });
});
