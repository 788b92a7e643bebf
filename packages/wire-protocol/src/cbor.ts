/**
 * CBOR (RFC 8949) as the wire and the log use it: one way to write every value, and a schema for every value.
 *
 * Refused, whatever a schema says: indefinite lengths, tags, `undefined`, floats that are no numbers, integers beyond
 * 2^53 - 1, integers and lengths not in their shortest form, keys that are no text, the same key twice, text that is not
 * UTF-8, bytes after the value, more than `CBOR_DEPTH_MAX` levels and more than `CBOR_ITEMS_MAX` items.
 */
import { NetStoreError } from '@netstore/shared-types';
import { type DecodeOptions, decode, encode, Tokenizer, Type as TokenType } from 'cborg';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** Arrays and maps inside each other. */
export const CBOR_DEPTH_MAX = 16;
/** Keys and values of one payload, all levels together: bounds what a small frame can unfold to. */
export const CBOR_ITEMS_MAX = 131_072;
/** How much of a problem's place is told: keys come from the peer and can be long. */
const PROBLEM_LENGTH_MAX = 256;

const DECODE_OPTIONS: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
};

type Token = ReturnType<Tokenizer['next']>;

/** Counts depth and items before cborg builds anything from them. */
class BoundedTokenizer extends Tokenizer {
  /** For each open array or map, how many items are still to come. */
  readonly #open: number[] = [];
  #items = 0;

  override next(): Token {
    const token = super.next();
    this.#items += 1;
    if (this.#items > CBOR_ITEMS_MAX) throw new Error(`more than ${CBOR_ITEMS_MAX} items`);
    this.#count(token);
    if (token.type.major === TokenType.string.major) this.#checkText(token);
    return token;
  }

  #count(token: Token): void {
    const open = this.#open;
    if (open.length > 0) open.push((open.pop() ?? 0) - 1);
    if (token.type.major === TokenType.array.major) open.push(token.value);
    if (token.type.major === TokenType.map.major) open.push(token.value * 2);
    if (open.length > CBOR_DEPTH_MAX) throw new Error(`more than ${CBOR_DEPTH_MAX} levels`);
    while (open.at(-1) === 0) open.pop();
  }

  /** cborg puts U+FFFD where bytes are not UTF-8; then two texts would decode alike. */
  #checkText(token: Token): void {
    if (!token.value.includes('\ufffd')) return;
    const text = Buffer.from(token.value);
    const end = this.pos();
    if (!text.equals(this.data.subarray(Math.max(0, end - text.length), end))) throw new Error('text is not UTF-8');
  }
}

const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = Compile(schema);
    validators.set(schema, validator);
  }
  return validator;
}

/** The deepest place that breaks the schema: in a union of shapes, that is in the shape that fits best. */
function describeProblem(validator: Validator, value: unknown): string {
  let deepest = { instancePath: '', message: 'does not match its schema' };
  for (const problem of validator.Errors(value)) {
    if (problem.instancePath.length > deepest.instancePath.length || deepest.instancePath === '') deepest = problem;
  }
  return `${deepest.instancePath === '' ? 'value' : deepest.instancePath} ${deepest.message}`.slice(0, PROBLEM_LENGTH_MAX);
}

/** Throws `NS_INTERNAL` naming the field when `value` breaks the schema: what this side sends is its own doing. */
export function encodeCbor<Schema extends TSchema>(schema: Schema, value: Static<Schema>): Uint8Array {
  const validator = validatorOf(schema);
  if (!validator.Check(value))
    throw new NetStoreError('NS_INTERNAL', `Value to encode breaks its schema: ${describeProblem(validator, value)}`);
  return encode(value);
}

/** Throws `NS_FRAME_MALFORMED` naming the field. Byte strings of the result are copies: they do not keep `bytes` alive. */
export function decodeCbor<Schema extends TSchema>(schema: Schema, bytes: Uint8Array): Static<Schema> {
  const value = decodeValue(bytes);
  const validator = validatorOf(schema);
  if (!validator.Check(value))
    throw new NetStoreError('NS_FRAME_MALFORMED', `Value breaks its schema: ${describeProblem(validator, value)}`);
  return value as Static<Schema>;
}

function decodeValue(bytes: Uint8Array): unknown {
  // A plain view: cborg's slices of a Buffer would share its memory instead of copying.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return decode(plain, {
      ...DECODE_OPTIONS,
      tokenizer: new BoundedTokenizer(plain, DECODE_OPTIONS),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetStoreError('NS_FRAME_MALFORMED', `CBOR cannot be decoded: ${reason.slice(0, PROBLEM_LENGTH_MAX)}`, { cause: error });
  }
}
