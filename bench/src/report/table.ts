/** Results as a table for a person: what was reached, how long single operations took, and which part of the ceiling that is. */
import type { Result } from './result.ts';

const HEADINGS = ['what', 'reached', 'p50 / p95 / p99', 'ceiling', 'share'];

export function formatTable(results: readonly Result[]): string {
  const rows = [HEADINGS, ...results.map(rowOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function rowOf({ name, unit, rate, latencyMs, ceiling }: Result): string[] {
  return [
    name,
    `${formatNumber(rate)} ${unit}`,
    latencyMs === null ? '' : `${[latencyMs.p50, latencyMs.p95, latencyMs.p99].map(formatNumber).join(' / ')} ms`,
    ceiling === null ? '' : `${formatNumber(ceiling.rate)} (${ceiling.name})`,
    ceiling === null ? '' : `${Math.round((rate / ceiling.rate) * 100)} %`,
  ];
}

/** Three digits that mean something, never an exponent. */
export function formatNumber(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
