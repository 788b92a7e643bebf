/** What requests name, as entries of the audit can carry it. */
import { AUDIT_TEXT_BYTES_MAX, type AuditReport } from '@netstore/shared-types';

const CHARACTERS_MAX = 4096;
/** A control character is `\u0001` in JSON. */
const JSON_BYTES_OF_ONE_MAX = 6;
/** Of an entry without its three texts: ids, an address, an action, a code, and the names of all fields. */
const REST_BYTES_MAX = 1024;

/** A request that was refused may say anything: it is cut to what an entry may weigh. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Half of a surrogate pair would be another text after it was stored, and break the chain.
  const cut = text.slice(0, CHARACTERS_MAX).toWellFormed();
  if (JSON_BYTES_OF_ONE_MAX * cut.length + 2 <= AUDIT_TEXT_BYTES_MAX) return cut;
  if (Buffer.byteLength(JSON.stringify(cut)) <= AUDIT_TEXT_BYTES_MAX) return cut;
  return cut.slice(0, Math.floor((AUDIT_TEXT_BYTES_MAX - 2) / JSON_BYTES_OF_ONE_MAX)).toWellFormed();
}

/** No less than the bytes of the entry as JSON. */
export function weightOf({ space, path, subject }: AuditReport): number {
  return [space, path, subject].reduce((sum, text) => sum + jsonBytesMax(text), REST_BYTES_MAX);
}

function jsonBytesMax(text: string | null): number {
  return text === null ? 4 : Math.min(AUDIT_TEXT_BYTES_MAX, JSON_BYTES_OF_ONE_MAX * text.length + 2);
}
