import { randomBytes } from 'node:crypto';
import { newApiKeyId, parseApiKeyId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { ApiKeySecrets, newNonce } from './api-key-secrets.ts';

describe('the secret of a key', () => {
  test('is the same for ever: keys that were made once go on', () => {
    const secrets = new ApiKeySecrets(Buffer.alloc(32, 7));
    const id = parseApiKeyId('00112233445566778899aabbccddeeff');
    expect(secrets.secretOf({ id, nonce: '0f'.repeat(16) })).toBe('6a8a6562eb3a096c3fcc48f25719fcda91e7d973619a202b47e8d6eb2fde514e');
  });

  test('depends on the file, on the key and on its nonce', () => {
    const secrets = new ApiKeySecrets(randomBytes(32));
    const seed = { id: newApiKeyId(), nonce: newNonce() };
    const made = [
      secrets.secretOf(seed),
      secrets.secretOf({ ...seed, id: newApiKeyId() }),
      secrets.secretOf({ ...seed, nonce: newNonce() }),
      new ApiKeySecrets(randomBytes(32)).secretOf(seed),
    ];
    expect(new Set(made).size).toBe(4);
  });

  test('is right for its key alone, and for no key that is not there', () => {
    const secrets = new ApiKeySecrets(randomBytes(32));
    const seed = { id: newApiKeyId(), nonce: newNonce() };
    expect(secrets.isRight(seed, secrets.secretOf(seed))).toBe(true);
    expect(secrets.isRight({ ...seed, id: newApiKeyId() }, secrets.secretOf(seed))).toBe(false);
    expect(secrets.isRight(seed, '0'.repeat(64))).toBe(false);
    const nothing = { id: seed.id, nonce: undefined };
    expect(secrets.isRight(nothing, secrets.secretOf({ ...seed, nonce: '0'.repeat(32) }))).toBe(false);
  });
});
