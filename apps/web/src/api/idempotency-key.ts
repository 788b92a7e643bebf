/** A key of one write: 128 random bits in hex. `crypto.randomUUID` would be missing on plain-HTTP addresses. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
