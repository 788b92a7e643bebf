/** The streams of a process, and whether a person is at their other end. */
import type { Readable, Writable } from 'node:stream';

export type OutputStream = Writable & { readonly isTTY?: boolean };
export type InputStream = Readable & { readonly isTTY?: boolean };
