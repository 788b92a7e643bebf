/**
 * The whole audit as a text, piece by piece. JSON lines hold entries in order, then checkpoints, then one line that names the end, so that a file
 * that was cut short is known. CSV is for spreadsheets and proves nothing.
 */
import type { AuditEntry } from '@netstore/shared-types';
import { type AuditStore, ENTRY_COLUMNS } from './audit-store.ts';

const PAGE = 1_000;

export async function* exportJson(store: AuditStore, upTo: number): AsyncGenerator<string> {
  for await (const page of pagesOf(store, upTo)) yield page.map((entry) => `${JSON.stringify({ entry })}\n`).join('');
  for (const checkpoint of await store.checkpointsUpTo(upTo)) yield `${JSON.stringify({ checkpoint })}\n`;
  yield `${JSON.stringify({ end: upTo })}\n`;
}

export async function* exportCsv(store: AuditStore, upTo: number): AsyncGenerator<string> {
  yield `time,${ENTRY_COLUMNS.join(',')}\r\n`;
  for await (const page of pagesOf(store, upTo)) yield page.map(csvLine).join('');
}

async function* pagesOf(store: AuditStore, upTo: number): AsyncGenerator<AuditEntry[]> {
  for (let after = 0; ; ) {
    const page = await store.entriesAfter(after, { upTo, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.seq;
  }
}

function csvLine(entry: AuditEntry): string {
  const cells = [new Date(entry.timeMs).toISOString(), ...ENTRY_COLUMNS.map((column) => entry[column])];
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A spreadsheet takes what begins with one of these for a formula; the quote keeps it a text. Line breaks are shown, not made. */
export function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = value.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${(/^[=+\-@|%\s]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
