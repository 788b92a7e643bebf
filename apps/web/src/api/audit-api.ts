/** The routes about the audit: what was done, page by page, and all of it as a file. For admins and auditors. */
import type { AuditExportQuery, AuditPage, AuditQuery } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';

const AUDIT_ROUTE = '/api/v1/audit';

export class AuditApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  page(query: AuditQuery, signal?: AbortSignal): Promise<AuditPage> {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return this.#client.json({ path: `${AUDIT_ROUTE}?${parameters}`, signal });
  }

  /** The whole audit; browsers keep what is large on the disk. */
  async exported(format: AuditExportQuery['format']): Promise<Blob> {
    return (await this.#client.send({ path: `${AUDIT_ROUTE}/export?format=${format}` })).blob();
  }
}
