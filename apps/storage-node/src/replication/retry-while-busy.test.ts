import { NetStoreError } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { retryWhileBusy } from './retry-while-busy.ts';

test('what was refused for lack of room is done again until there is room', async () => {
  let refusals = 3;
  const work = async (): Promise<string> => {
    refusals -= 1;
    if (refusals >= 0) throw new NetStoreError('NS_BUSY', 'later');
    return 'done';
  };
  await expect(retryWhileBusy(work)).resolves.toBe('done');
});

test('every other error is told at once', async () => {
  const work = (): Promise<never> => Promise.reject(new NetStoreError('NS_LOG_DAMAGED', 'no'));
  await expect(retryWhileBusy(work)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED' });
});
