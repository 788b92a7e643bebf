/** What the audit is asked for, as it stands in the address of the page: so a filter can be passed on, and the way back leads to the one before. */
import type { AuditQuery } from '@netstore/shared-types';

/** Texts as they are typed and chosen; '' is anything. */
export interface AuditFilter {
  readonly actor: string;
  readonly action: string;
  readonly space: string;
  readonly path: string;
  readonly outcome: string;
  /** ISO 8601 in UTC. */
  readonly from: string;
  readonly to: string;
  /** 'all': what only lists and looks, too. */
  readonly looks: string;
}

export const NO_FILTER: AuditFilter = { actor: '', action: '', space: '', path: '', outcome: '', from: '', to: '', looks: '' };
const FIELDS = Object.keys(NO_FILTER) as (keyof AuditFilter)[];

export function readFilter(parameters: URLSearchParams): AuditFilter {
  return { ...NO_FILTER, ...Object.fromEntries(FIELDS.map((field) => [field, parameters.get(field) ?? ''])) };
}

export function writeFilter(filter: AuditFilter): URLSearchParams {
  return new URLSearchParams(FIELDS.map((field) => [field, filter[field].trim()]).filter(([, text]) => text !== ''));
}

export function queryOf({ looks, ...fields }: AuditFilter): AuditQuery {
  const asked = Object.entries(fields).filter(([, text]) => text !== '');
  return { ...Object.fromEntries(asked), ...(looks === 'all' ? {} : { without: 'looks' }) };
}

/** How many fields narrow it down. */
export function countOf(filter: AuditFilter): number {
  return [...writeFilter(filter).keys()].filter((field) => field !== 'looks').length;
}

/** For a field of date and time, which knows local time only: `2026-11-23T05:48`. '' for what is no time. */
export function toLocalTime(iso: string): string {
  const time = new Date(iso);
  if (iso === '' || Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocalTime(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
