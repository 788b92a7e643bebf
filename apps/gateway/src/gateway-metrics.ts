/** What the gateway counts besides HTTP requests. */
import type { Metrics } from '@netstore/service-kit';
import type { DownloadMemory } from './files/download-memory.ts';
import type { UploadMemory } from './uploads/upload-memory.ts';

/** Told as bytes pass through, whatever becomes of them. */
export interface Traffic {
  readonly onReceived: (bytes: number) => void;
  readonly onSent: (bytes: number) => void;
}

export function measureMemory(metrics: Metrics, memory: { readonly uploads: UploadMemory; readonly downloads: DownloadMemory }): void {
  const { uploads, downloads } = memory;
  gauge('netstore_uploads_active', 'Uploads that run now', () => uploads.activeUploads);
  gauge('netstore_uploads_waiting', 'Uploads that wait for memory', () => uploads.waitingUploads);
  gauge('netstore_upload_memory_bytes', 'Upload memory that is taken or reserved', () => uploads.usedBytes);
  gauge('netstore_downloads_active', 'Downloads that run now', () => downloads.activeDownloads);

  function gauge(name: string, help: string, read: () => number): void {
    metrics.gauge({
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  }
}

export function countTraffic(metrics: Metrics): Traffic {
  const received = metrics.counter({ name: 'netstore_received_bytes_total', help: 'Bytes of files that clients sent and the nodes hold' });
  const sent = metrics.counter({ name: 'netstore_sent_bytes_total', help: 'Bytes of files that were given out to clients' });
  return { onReceived: (bytes) => received.inc(bytes), onSent: (bytes) => sent.inc(bytes) };
}
