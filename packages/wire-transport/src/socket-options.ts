/** How every socket of the cluster is set up, on both sides. */

/** What a socket's own buffers hold, in each direction, before they push back. */
export const SOCKET_BUFFER_BYTES = 512 * 1024;

export const SOCKET_OPTIONS = {
  /** Answers are small and waited for: they must not wait for more bytes. */
  noDelay: true,
  /** A peer that vanished without a word is noticed even where nobody waits for it. */
  keepAlive: true,
  keepAliveInitialDelay: 10_000,
  highWaterMark: SOCKET_BUFFER_BYTES,
} as const;
