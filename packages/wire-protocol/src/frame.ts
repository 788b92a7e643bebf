/**
 * Frames: what the bytes of a connection are cut into.
 *
 *   offset  size  field
 *        0     4  length, big endian: counts what follows, so it is 1 or more
 *        4     1  type of the message
 *        5     n  payload, length - 1 bytes
 */
export const FRAME_HEADER_BYTES = 5;

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Writes the first `FRAME_HEADER_BYTES` of `target`. */
export function writeFrameHeader(target: Buffer, type: number, payloadBytes: number): void {
  target.writeUInt32BE(payloadBytes + 1, 0);
  target.writeUInt8(type, 4);
}
