/** Opens the file that the secrets of API keys come from. Where it is missing, the keys that were made with it are over, and are shown so. */
import { join } from 'node:path';
import type { Logger } from '@netstore/service-kit';
import type { Kysely } from 'kysely';
import { openSecretFile } from '../keys/secret-file.ts';
import type { Schema } from '../schema.ts';
import { ApiKeySecrets } from './api-key-secrets.ts';
import { expireApiKeys } from './api-key-store.ts';

/** Beside `auth.db`; a backup takes both. Throws `NS_DATA_DIRECTORY`. */
export async function openApiKeySecrets(parts: {
  readonly db: Kysely<Schema>;
  readonly dataDirectory: string;
  readonly logger: Logger;
  readonly nowMs: number;
}): Promise<ApiKeySecrets> {
  const { secret, isNew } = await openSecretFile(join(parts.dataDirectory, 'api-keys.key'));
  const expired = isNew ? await expireApiKeys(parts.db, parts.nowMs) : 0;
  if (expired > 0) parts.logger.error({ expired }, 'api-keys.key was missing: the API keys that were made with it have expired');
  return new ApiKeySecrets(secret);
}
