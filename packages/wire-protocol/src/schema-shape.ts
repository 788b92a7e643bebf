/**
 * Reads a message's schema back: for the document and for the tests, which must not know the fields a second time. It
 * knows the kinds of schema that `messages/fields.ts` makes and refuses every other, so that none is passed over.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { TSchema } from 'typebox';

export type SchemaShape =
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, TSchema> }
  | { readonly kind: 'array'; readonly item: TSchema; readonly itemsMin: number; readonly itemsMax: number }
  | { readonly kind: 'union'; readonly options: readonly TSchema[] }
  | { readonly kind: 'literal'; readonly value: string | boolean }
  | { readonly kind: 'bytes'; readonly bytesMin: number; readonly bytesMax: number }
  | { readonly kind: 'text'; readonly lengthMin: number; readonly lengthMax: number; readonly pattern: string | undefined }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'null' };

/** A schema as the plain JSON Schema that it is. */
interface Keywords {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
  readonly const?: string | boolean;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly bytesMin?: number;
  readonly bytesMax?: number;
}

export function shapeOf(schema: TSchema): SchemaShape {
  const keywords = schema as Keywords;
  if (keywords.anyOf !== undefined) return { kind: 'union', options: keywords.anyOf };
  if (keywords.const !== undefined) return { kind: 'literal', value: keywords.const };
  if (keywords.enum !== undefined) return { kind: 'choice', values: keywords.enum };
  if (keywords.bytesMin !== undefined && keywords.bytesMax !== undefined) {
    return { kind: 'bytes', bytesMin: keywords.bytesMin, bytesMax: keywords.bytesMax };
  }
  return shapeOfType(keywords);
}

function shapeOfType(keywords: Keywords): SchemaShape {
  const { type, properties, items, pattern } = keywords;
  if (type === 'null') return { kind: 'null' };
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'object' && properties !== undefined) return { kind: 'map', fields: new Map(Object.entries(properties)) };
  if (type === 'array' && items !== undefined && keywords.maxItems !== undefined) {
    return { kind: 'array', item: items, itemsMin: keywords.minItems ?? 0, itemsMax: keywords.maxItems };
  }
  if (type === 'string' && keywords.maxLength !== undefined) {
    return { kind: 'text', lengthMin: keywords.minLength ?? 0, lengthMax: keywords.maxLength, pattern };
  }
  if (type === 'integer') {
    const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = keywords;
    return { kind: 'integer', minimum, maximum };
  }
  throw new NetStoreError('NS_INTERNAL', `Schema is of no known kind, or has no bound: ${JSON.stringify(keywords)}`);
}
