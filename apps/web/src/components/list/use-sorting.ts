/** How folders are sorted, kept for the next visit. */
import { useState } from 'react';
import type { ListingSort } from '../../api/listing-pages.ts';

const NAME = 'netstore-sorting';
const DEFAULT: ListingSort = { sort: 'name', order: 'asc' };

export function useSorting(): readonly [ListingSort, (sorting: ListingSort) => void] {
  const [sorting, setSorting] = useState(readSorting);
  const keep = (next: ListingSort): void => {
    localStorage.setItem(NAME, `${next.sort} ${next.order}`);
    setSorting(next);
  };
  return [sorting, keep];
}

function readSorting(): ListingSort {
  const [sort, order] = (localStorage.getItem(NAME) ?? '').split(' ');
  const isSort = sort === 'name' || sort === 'sizeBytes' || sort === 'modifiedAt';
  return isSort && (order === 'asc' || order === 'desc') ? { sort, order } : DEFAULT;
}
