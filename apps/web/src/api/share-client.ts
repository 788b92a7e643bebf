/** What the holder of a link asks, without being signed in: the share session that opening the link gave goes along. */
import type { DropReceipt, EntriesPage, OpenedShare, OpenLink, Ticket } from '@netstore/shared-types';
import { readProblem, unreachable } from './api-problem.ts';
import { exchange } from './http.ts';

export async function openShare(request: OpenLink, signal?: AbortSignal): Promise<OpenedShare> {
  const answer = await exchange({ method: 'POST', path: '/api/v1/share/open', json: request, signal });
  return (await answer.json()) as OpenedShare;
}

export async function listShare(
  session: string,
  at: { readonly folder: string; readonly cursor?: string | undefined },
): Promise<EntriesPage> {
  const query = new URLSearchParams({ folder: at.folder, ...(at.cursor === undefined ? {} : { cursor: at.cursor }) });
  const answer = await exchange({ path: `/api/v1/share/entries?${query}`, token: session });
  return (await answer.json()) as EntriesPage;
}

/** The browser takes the bytes itself: they may be many. */
export async function downloadShared(session: string, path: string): Promise<void> {
  const json = { path, disposition: 'attachment' };
  const answer = await exchange({ method: 'POST', path: '/api/v1/share/tickets', token: session, json });
  const { url } = (await answer.json()) as Ticket;
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}

interface SendOptions {
  readonly session: string;
  readonly onProgress: (sentBytes: number) => void;
}

/** By XMLHttpRequest, the only one of the browser's ways that reports how much of a body has left. */
export function sendToDropBox(file: File, { session, onProgress }: SendOptions): Promise<DropReceipt> {
  const { promise, resolve, reject } = Promise.withResolvers<DropReceipt>();
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => onProgress(event.loaded);
  request.onload = () => {
    if (request.status === 201) resolve(JSON.parse(request.responseText) as DropReceipt);
    else reject(readProblem({ status: request.status, header: (name) => request.getResponseHeader(name) }, request.responseText));
  };
  request.onerror = () => reject(unreachable());
  request.onabort = () => reject(unreachable());
  request.open('PUT', `/api/v1/share/files/${encodeURIComponent(file.name.toWellFormed())}`);
  request.setRequestHeader('Authorization', `Bearer ${session}`);
  request.setRequestHeader('Content-Type', file.type === '' ? 'application/octet-stream' : file.type);
  request.send(file);
  return promise;
}
