import type { DropReceipt } from '@netstore/shared-types';
import { useState } from 'react';
import { sendToDropBox } from '../../api/share-client.ts';
import { formatPercent, formatSize } from '../../format/size.ts';
import { formatTime } from '../../format/time.ts';
import { UploadButton } from '../../uploads/upload-button.tsx';
import { ProblemLine } from '../problem-note.tsx';

interface Sending {
  readonly id: number;
  readonly file: File;
  readonly sentBytes: number;
  readonly receipt?: DropReceipt;
  readonly problem?: unknown;
}

/** Sends files one after the other and keeps a receipt of each. */
export function DropBox({ session }: { readonly session: string }) {
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const change = (id: number, to: Partial<Sending>): void =>
    setSendings((all) => all.map((each) => (each.id === id ? { ...each, ...to } : each)));
  const send = async (files: readonly File[]): Promise<void> => {
    const added = files.map((file, index) => ({ id: sendings.length + index, file, sentBytes: 0 }));
    setSendings((all) => [...all, ...added]);
    for (const { id, file } of added) {
      try {
        change(id, { receipt: await sendToDropBox(file, { session, onProgress: (sentBytes) => change(id, { sentBytes }) }) });
      } catch (problem) {
        change(id, { problem });
      }
    }
  };
  return (
    <>
      <UploadButton onFiles={(files) => void send(files)} />
      <ul className="people">
        {sendings.map((sending) => (
          <SendingRow key={sending.id} sending={sending} />
        ))}
      </ul>
    </>
  );
}

function SendingRow({ sending: { file, sentBytes, receipt, problem } }: { readonly sending: Sending }) {
  return (
    <li className="person">
      <div className="person-text">
        <p className="person-name">
          <bdi>{file.name}</bdi>
        </p>
        {receipt !== undefined && (
          <>
            <p className="person-extra">
              Received {formatTime(receipt.receivedAt)}, {formatSize(receipt.sizeBytes)}, {receipt.replicas.durable} of{' '}
              {receipt.replicas.total} copies
            </p>
            <p className="share-digest">SHA-256 {receipt.sha256}</p>
          </>
        )}
        {receipt === undefined && problem === undefined && (
          <p className="person-extra" role="status">
            Sending, {formatPercent(sentBytes, file.size)}
          </p>
        )}
        {problem !== undefined && <ProblemLine problem={problem} />}
      </div>
    </li>
  );
}
