/** One large file alone, up and down. */
import { randomBody } from '../random-body.ts';
import { streamResult } from '../report/result.ts';
import { timed, type Workload } from './workload.ts';

const MIB = 2 ** 20;

export const measureLargeFile: Workload = async ({ client, sizes, progress, folder }, ceilings, signal) => {
  const body = randomBody(1, sizes.largeBytes);
  const path = `${folder}/large`;
  const size = `${Math.round(sizes.largeBytes / MIB)} MiB alone`;

  const onBytes = (): ((count: number) => void) => {
    let done = 0;
    return (count) => {
      done += count;
      progress.advance(done, sizes.largeBytes);
    };
  };

  progress.begin(`upload, ${size}`);
  const uploadSeconds = await timed(() => client.upload(path, body, signal, onBytes()));
  const upload = streamResult(`upload, ${size}`, sizes.largeBytes, uploadSeconds, ceilings.diskStream);
  progress.finish(upload);

  progress.begin(`download, ${size}`);
  const downloadSeconds = await timed(() => client.download(path, body, signal, onBytes()));
  const download = streamResult(`download, ${size}`, sizes.largeBytes, downloadSeconds, ceilings.loopbackStream);
  progress.finish(download);
  return [upload, download];
};
