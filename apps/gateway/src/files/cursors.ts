/**
 * The places at which listings go on, as clients get them. A place names the last row that was looked at, which may be one that the client may
 * not see: so it is encrypted, and padded, because its length would tell, too. It is bound to its listing.
 *
 *   cursor = base64url(nonce of 12 bytes, AES-256-GCM of the padded place, tag of 16 bytes)
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Nearly every place fits into one. */
const PADDED_BYTES = 512;
const PADDING = '\0';

export class Cursors {
  readonly #key: Buffer;

  /** `key` is one that all gateways share: a listing may go on at another one. */
  constructor(key: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'netstore cursors', 32));
  }

  /** `listing` says which listing it is. */
  seal(place: string, listing: string): string {
    const bytes = Buffer.byteLength(place);
    const padded = place + PADDING.repeat(Math.ceil((bytes + 1) / PADDED_BYTES) * PADDED_BYTES - bytes);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(listing));
    return Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** Throws `NS_BAD_CURSOR` for what was not made by this listing. */
  open(cursor: string, listing: string): string {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.toString('base64url') !== cursor || bytes.length <= NONCE_BYTES + TAG_BYTES) throw badCursor();
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(listing));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const padded = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString();
      return padded.slice(0, padded.indexOf(PADDING));
    } catch {
      throw badCursor();
    }
  }
}

function badCursor(): NetStoreError {
  return new NetStoreError('NS_BAD_CURSOR', 'The cursor was not made by this listing');
}
