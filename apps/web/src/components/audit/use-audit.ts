/** Entries of the audit, the latest first, loaded page by page. Not asked again behind the reader's back: every look is an entry itself. */
import type { AuditEntry } from '@netstore/shared-types';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNetStore } from '../../net-store.ts';
import { type Loaded, useLoaded } from '../list/use-loaded.ts';
import type { Names } from './act-sentence.ts';
import { type AuditFilter, queryOf } from './audit-filter.ts';

const PAGE_ENTRIES = 50;

/** An entry with the names that its ids stand for. */
export interface NamedEntry {
  readonly entry: AuditEntry;
  readonly names: Names;
}

export function useAudit(filter: AuditFilter): Loaded<NamedEntry> {
  const { audit } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const { entries, names, nextCursor } = await audit.page({ ...queryOf(filter), ...cursor, limit: PAGE_ENTRIES }, signal);
      return { entries: entries.map((entry) => ({ entry, names })), nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return useLoaded(query);
}
