/** For the node's own work, which has to be done however many readers crowd the catalogue. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';

const AGAIN_MS = 20;

/** Repeats what was refused with `NS_BUSY`, that is, without effect. */
export async function retryWhileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NetStoreError && error.code === 'NS_BUSY')) throw error;
    }
    await sleep(AGAIN_MS);
  }
}
