import { describe, expect, test } from 'vitest';
import { checkNewPassword, normalizePassword } from './password-policy.ts';

const weak = expect.objectContaining({ code: 'NS_WEAK_PASSWORD' });

describe('checkNewPassword', () => {
  test.each([
    'correct horse battery staple',
    'zufällige Wörter im Garten',
    'x7#kQ!29vLmp',
    '密码短语需要十二个字符以上哦',
    `${'abcd'.repeat(62)}e!7fghij`,
  ])('takes %j', async (password) => {
    await expect(checkNewPassword(password, 'ada')).resolves.toBeUndefined();
  });

  test.each([
    ['of 11 characters', 'x7#kQ!29vLm'],
    ['of 257 characters', `${'abcdefgh'.repeat(32)}i`],
    ['of 12 UTF-16 units but 6 characters', '😀😁😂🤣😃😄'],
    ['of few different characters', 'abababababababab'],
    ['from the list of common ones', 'passwordpassword'],
    ['from the list, in capitals', 'QWERTYUIOP123'],
    ['that stretches a common one with digits', 'password12345'],
    ['that stretches a common one with signs', 'iloveyou!?!?!?'],
    ['that repeats a common one', 'monkeymonkeymonkey1'],
    ['that is the user name and a year', 'lovelace-2026'],
    ['that is the product', 'NetStore123456'],
  ])('refuses one %s', async (_what, password) => {
    await expect(checkNewPassword(password, 'lovelace')).rejects.toEqual(weak);
  });

  test('counts a character as one however it is composed, and never quotes the password', async () => {
    const decomposed = 'ä'.normalize('NFD').repeat(6);
    expect(normalizePassword(decomposed)).toBe('ä'.repeat(6));
    await expect(checkNewPassword(decomposed, 'ada')).rejects.toThrow('6 characters');
    await expect(checkNewPassword('password12345', 'ada')).rejects.not.toThrow('password12345');
  });
});
