/** Finds the cluster that runs on a data directory, by the `run.json` that the launcher keeps there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';

const ANSWER_DEADLINE_MS = 5_000;

/** The gateway's URL; undefined when no cluster runs there. Throws when one runs and is not ready, because starting a second one would not help. */
export async function findCluster(dataDir: string): Promise<string | undefined> {
  const url = await gatewayUrlIn(join(dataDir, 'run.json'));
  if (url === undefined) return undefined;
  const status = await readiness(url);
  // A launcher that was killed leaves its file behind.
  if (status === undefined) return undefined;
  if (status !== 200) throw new Error(`The cluster at ${url} is not ready (status ${status}): ${url}/readyz says why`);
  return url;
}

async function gatewayUrlIn(runFile: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(runFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { gateway } = JSON.parse(text) as { gateway?: { url?: unknown } };
  if (typeof gateway?.url !== 'string') throw new Error(`${runFile} names no gateway: expected gateway.url`);
  return gateway.url;
}

async function readiness(url: string): Promise<number | undefined> {
  try {
    const answer = await request(`${url}/readyz`, { headersTimeout: ANSWER_DEADLINE_MS });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return undefined;
  }
}
