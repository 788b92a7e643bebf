/**
 * What a new password must be: long enough and not guessable. There are no rules of composition, because they make passwords
 * alike. Passwords that exist already are never checked against these rules.
 */
import { NetStoreError } from '@netstore/shared-types';
import { isCommonPassword } from './common-passwords.ts';

const CHARACTERS_MIN = 12;
const CHARACTERS_MAX = 256;
const DISTINCT_CHARACTERS_MIN = 5;

/** One spelling for each password: the same keys give different code points on different systems. */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/** Throws `NS_WEAK_PASSWORD` with the rule that is broken, never with the password. */
export async function checkNewPassword(password: string, username: string): Promise<void> {
  const characters = [...normalizePassword(password)];
  if (characters.length < CHARACTERS_MIN || characters.length > CHARACTERS_MAX) {
    throw weak(`Password is ${characters.length} characters long: expected ${CHARACTERS_MIN} to ${CHARACTERS_MAX}`);
  }
  if (new Set(characters).size < DISTINCT_CHARACTERS_MIN) {
    throw weak(`Password repeats itself: expected at least ${DISTINCT_CHARACTERS_MIN} different characters`);
  }
  if (await isCommonPassword(characters.join(''), [username, 'netstore'])) {
    throw weak('Password is a common one, or the user name, with something added: choose one that nobody else has');
  }
}

function weak(message: string): NetStoreError {
  return new NetStoreError('NS_WEAK_PASSWORD', message);
}
