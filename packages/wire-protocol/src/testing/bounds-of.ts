/** How much the CBOR of any value that a schema accepts can be. */
import type { TSchema } from 'typebox';
import { shapeOf } from '../schema-shape.ts';

/** The longest head of an item: its kind and a length or number of 64 bits. */
const HEAD_BYTES = 9;

export interface Bounds {
  readonly bytes: number;
  /** Keys and values of all levels, the value itself included. */
  readonly items: number;
  /** Arrays and maps inside each other. */
  readonly depth: number;
}

export function boundsOf(schema: TSchema): Bounds {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'map':
      return shape.fields
        .entries()
        .reduce((sum, [name, field]) => addField(sum, name, boundsOf(field)), { bytes: HEAD_BYTES, items: 1, depth: 1 });
    case 'array': {
      const item = boundsOf(shape.item);
      return { bytes: HEAD_BYTES + shape.itemsMax * item.bytes, items: 1 + shape.itemsMax * item.items, depth: 1 + item.depth };
    }
    case 'union':
      return shape.options.map(boundsOf).reduce(largest);
    case 'literal':
      return leaf(String(shape.value).length);
    case 'choice':
      return leaf(Math.max(...shape.values.map((value) => value.length)));
    case 'bytes':
      return leaf(shape.bytesMax);
    // Patterns are ASCII; all other text is bounded in bytes.
    case 'text':
      return leaf(shape.lengthMax);
    case 'integer':
    case 'boolean':
    case 'null':
      return leaf(0);
  }
}

function leaf(bytes: number): Bounds {
  return { bytes: HEAD_BYTES + bytes, items: 1, depth: 0 };
}

function addField(sum: Bounds, name: string, field: Bounds): Bounds {
  return {
    bytes: sum.bytes + HEAD_BYTES + name.length + field.bytes,
    items: sum.items + 1 + field.items,
    depth: Math.max(sum.depth, 1 + field.depth),
  };
}

function largest(a: Bounds, b: Bounds): Bounds {
  return { bytes: Math.max(a.bytes, b.bytes), items: Math.max(a.items, b.items), depth: Math.max(a.depth, b.depth) };
}
