/** Schemas that every route shares. */
import { Type } from 'typebox';

/** Unknown query parameters are refused, not ignored. */
export const NoQuery = Type.Object({}, { additionalProperties: false });
