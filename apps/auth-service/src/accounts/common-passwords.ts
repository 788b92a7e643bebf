/** Knows which passwords attackers try first. The list is zxcvbn's: some 49,000 passwords from leaked collections. */

/** Shorter words begin too many honest passwords. */
const WORD_CHARACTERS_MIN = 4;

/**
 * Whether a password is a common one, or a common one that was only stretched: repeated, or followed by digits and signs.
 * Attack programs make `password12345` and `qwertyqwerty!!` from the same list.
 */
export async function isCommonPassword(password: string, alsoCommon: readonly string[] = []): Promise<boolean> {
  const common = await loadCommon();
  const text = password.toLowerCase();
  for (let length = text.length; length >= WORD_CHARACTERS_MIN; length -= 1) {
    const word = text.slice(0, length);
    const isKnown = common.has(word) || alsoCommon.includes(word);
    if (isKnown && !/\p{L}/u.test(text.replaceAll(word, ''))) return true;
  }
  return false;
}

/** Loaded when a password is chosen, which is rare: it would otherwise hold memory in every running service. */
async function loadCommon(): Promise<ReadonlySet<string>> {
  const { default: list } = await import('@zxcvbn-ts/language-common/src/passwords.json', { with: { type: 'json' } });
  return new Set(list);
}
