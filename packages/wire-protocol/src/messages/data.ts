/**
 * DATA: one chunk of a blob and its checksum. The only frame that is not CBOR, since all bytes of all files pass through it.
 *
 *   offset  size  field
 *        0     4  chunk index, big endian, from 0
 *        4     4  CRC32C, big endian, over blob id (16) · chunk index (4) · bytes
 *        8     n  the bytes: 64 KiB, fewer in the last chunk; room for a 16-byte tag when chunks are encrypted
 *
 * The checksum is computed once, where the bytes enter the cluster, and travels with them to the disk and back.
 */
