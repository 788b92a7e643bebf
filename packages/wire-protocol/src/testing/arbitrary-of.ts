/** Values that a schema accepts, drawn at random: the round trips run over whatever the messages are made of. */
import fc, { type Arbitrary } from 'fast-check';
import type { TSchema } from 'typebox';
import { shapeOf } from '../schema-shape.ts';

/** Lists and byte strings stay short: their limits have tests of their own. */
const ITEMS_MAX = 4;
const BYTES_MAX = 300;

export function arbitraryOf(schema: TSchema): Arbitrary<unknown> {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'map':
      return fc.record(Object.fromEntries(shape.fields.entries().map(([name, field]) => [name, arbitraryOf(field)])), {
        noNullPrototype: true,
      });
    case 'array':
      return fc.array(arbitraryOf(shape.item), { minLength: shape.itemsMin, maxLength: Math.min(shape.itemsMax, ITEMS_MAX) });
    case 'union':
      return fc.oneof(...shape.options.map(arbitraryOf));
    case 'literal':
      return fc.constant(shape.value);
    case 'choice':
      return fc.constantFrom(...shape.values);
    case 'bytes':
      return fc.uint8Array({ minLength: shape.bytesMin, maxLength: Math.max(shape.bytesMin, Math.min(shape.bytesMax, BYTES_MAX)) });
    case 'text': {
      if (shape.pattern !== undefined) return fc.stringMatching(new RegExp(shape.pattern));
      const text = fc.string({ unit: 'grapheme', minLength: shape.lengthMin, maxLength: Math.min(shape.lengthMax, BYTES_MAX) });
      return text.filter((value) => Buffer.byteLength(value) <= shape.lengthMax);
    }
    case 'integer':
      return fc.maxSafeInteger().map((value) => Math.min(shape.maximum, Math.max(shape.minimum, value)));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
  }
}
