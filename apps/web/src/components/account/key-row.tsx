import type { ApiKey } from '@netstore/shared-types';
import { formatTime } from '../../format/time.ts';
import { useNow } from '../use-now.ts';
import { lastUseWords, lifeWords, scopeWords } from './key-words.ts';

/** One API key in a list. */
export function KeyRow({ apiKey, onEnd }: { readonly apiKey: ApiKey; readonly onEnd: () => void }) {
  const nowMs = useNow();
  const { name, createdAt, expiresAt, isExpired } = apiKey;
  return (
    <li className={isExpired ? 'person is-disabled' : 'person'}>
      <div className="person-text">
        <p className="person-name" title={`Made ${formatTime(createdAt)}`}>
          <bdi>{name}</bdi>
        </p>
        <p className="person-extra">
          May <bdi>{scopeWords(apiKey)}</bdi>
        </p>
        <p className="person-extra" title={expiresAt === null ? undefined : formatTime(expiresAt)}>
          {lastUseWords(apiKey, nowMs)}, {lifeWords(apiKey, nowMs)}
        </p>
      </div>
      <button type="button" className="button button-small" aria-label={`End the key ${name}`} onClick={onEnd}>
        {isExpired ? 'Remove' : 'End'}
      </button>
    </li>
  );
}
