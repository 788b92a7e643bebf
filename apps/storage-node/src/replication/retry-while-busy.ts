/** For the node's own work, which has to be done however many readers crowd the catalogue and however full the disk is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';

const BUSY_AGAIN_MS = 20;
/** Somebody has to make room first. */
const FULL_AGAIN_MS = 1_000;

/** Repeats what was refused with `NS_BUSY` or `NS_DISK_FULL`, that is, without effect. */
export async function retryWhileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    let pauseMs = BUSY_AGAIN_MS;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NetStoreError) || (error.code !== 'NS_BUSY' && error.code !== 'NS_DISK_FULL')) throw error;
      if (error.code === 'NS_DISK_FULL') pauseMs = FULL_AGAIN_MS;
    }
    await sleep(pauseMs);
  }
}
