import { type TSchema, Type } from 'typebox';

/** JSON has no word for what is missing but this. */
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
