/** Ids of 128 bits are hex text in messages and 16 bytes in tables. */

export function idBytes(id: string): Uint8Array {
  return Buffer.from(id, 'hex');
}

export function idText<Id extends string>(bytes: Uint8Array): Id {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') as Id;
}
