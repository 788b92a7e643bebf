/** What the gateway counts besides HTTP requests. */
import type { Metrics } from '@netstore/service-kit';
import type { DownloadMemory } from './files/download-memory.ts';
import type { UploadMemory } from './uploads/upload-memory.ts';

export function registerGatewayMetrics(
  metrics: Metrics,
  memory: { readonly uploads: UploadMemory; readonly downloads: DownloadMemory },
): void {
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
