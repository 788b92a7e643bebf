/** Several files at once, up and down: what many users see together. */
import { forEachParallel } from '../for-each-parallel.ts';
import { randomBody } from '../random-body.ts';
import { streamResult } from '../report/result.ts';
import { timed, type Workload } from './workload.ts';

const MIB = 2 ** 20;
const FIRST_SEED = 100;

export const measureParallelFiles: Workload = async ({ client, sizes, progress, folder }, ceilings, signal) => {
  const count = sizes.parallelFiles;
  const totalBytes = count * sizes.parallelFileBytes;
  const bodies = Array.from({ length: count }, (_, index) => randomBody(FIRST_SEED + index, sizes.parallelFileBytes));
  const size = `${count} × ${Math.round(sizes.parallelFileBytes / MIB)} MiB in parallel`;

  const run = async (
    step: string,
    one: (path: string, body: (typeof bodies)[number], onBytes: (count: number) => void) => Promise<unknown>,
  ) => {
    progress.begin(step);
    let done = 0;
    const onBytes = (bytes: number): void => {
      done += bytes;
      progress.advance(done, totalBytes);
    };
    return timed(() =>
      forEachParallel(count, count, async (index) => {
        const body = bodies[index];
        if (body !== undefined) await one(`${folder}/parallel-${index}`, body, onBytes);
      }),
    );
  };

  const uploadSeconds = await run(`upload, ${size}`, (path, body, onBytes) => client.upload(path, body, signal, onBytes));
  const upload = streamResult(`upload, ${size}`, totalBytes, uploadSeconds, ceilings.diskStream);
  progress.finish(upload);

  const downloadSeconds = await run(`download, ${size}`, (path, body, onBytes) => client.download(path, body, signal, onBytes));
  const download = streamResult(`download, ${size}`, totalBytes, downloadSeconds, ceilings.loopbackParallel);
  progress.finish(download);
  return [upload, download];
};
