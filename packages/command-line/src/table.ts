/** Rows of text as columns. Pure. */
import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';

/** Columns are as wide as their widest cell; colours in a cell take no room. The last column is not filled up. */
export function tableOf(rows: ReadonlyArray<readonly string[]>, { indent = '' }: { readonly indent?: string } = {}): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join(GAP);
  return rows.map((row) => `${indent}${lineOf(row)}`.trimEnd()).join('\n');
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
