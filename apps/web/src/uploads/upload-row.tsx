/** One upload in the tray: what it is, how far it is, and what can be done about it. */

import { IconButton } from '../components/icon-button.tsx';
import { ReplicaMark } from '../components/replica-mark.tsx';
import { formatSize } from '../format/size.ts';
import { nameOf } from '../names/path.ts';
import { canRestart, isUnfinished, sentBytesOf, type Upload } from './upload.ts';
import type { UploadQueue } from './upload-queue.ts';
import { describeStage } from './upload-words.ts';

interface UploadRowProps {
  readonly upload: Upload;
  readonly queue: UploadQueue;
  readonly top: number;
}

export function UploadRow({ upload, queue, top }: UploadRowProps) {
  const { stage, file, id, path } = upload;
  const { text, tone } = describeStage(stage, file.size);
  const requestId = stage.kind === 'failed' ? stage.failure.requestId : undefined;
  return (
    <li className={`upload is-${tone}`} style={{ transform: `translateY(${top}px)` }}>
      <span className="upload-name" title={path}>
        <bdi>{nameOf(path)}</bdi>
      </span>
      <span className="upload-size">{formatSize(file.size)}</span>
      <span className="upload-stage" title={requestId ? `${text} Request ${requestId}` : text}>
        {text}
      </span>
      <span className="upload-end">
        {stage.kind === 'stored' && <ReplicaMark replicas={stage} hasText={false} />}
        {canRestart(upload) && <IconButton icon="retry" label={`Upload ${nameOf(path)} again`} onClick={() => queue.retry(id)} />}
        {isUnfinished(upload) && <IconButton icon="close" label={`Cancel ${nameOf(path)}`} onClick={() => queue.cancel(id)} />}
      </span>
      {(stage.kind === 'sending' || stage.kind === 'confirming') && (
        <progress
          className="upload-progress"
          aria-label={nameOf(path)}
          max={Math.max(1, file.size)}
          value={stage.kind === 'confirming' ? undefined : sentBytesOf(upload)}
        />
      )}
    </li>
  );
}
