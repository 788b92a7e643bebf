/** What every route shares. */
import { Type } from 'typebox';

/** Unknown query parameters are refused, not ignored. */
export const NoQuery = Type.Object({}, { additionalProperties: false });

/** Times are numbers inside and text outside. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
