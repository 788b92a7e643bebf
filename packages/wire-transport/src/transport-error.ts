/** Errors of the operating system's sockets, translated here once. Everything above sees `NetStoreError` alone. */
import { type ErrorCode, NetStoreError } from '@netstore/shared-types';

/** What the system's code means: before a connection stands nothing can have been sent. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'NS_UNAVAILABLE',
  EHOSTDOWN: 'NS_UNAVAILABLE',
  EHOSTUNREACH: 'NS_UNAVAILABLE',
  ENETDOWN: 'NS_UNAVAILABLE',
  ENETUNREACH: 'NS_UNAVAILABLE',
  ENOENT: 'NS_UNAVAILABLE',
  ENOTFOUND: 'NS_UNAVAILABLE',
  EAI_AGAIN: 'NS_UNAVAILABLE',
  EMFILE: 'NS_BUSY',
  ENFILE: 'NS_BUSY',
  EADDRINUSE: 'NS_CONFIG_INVALID',
  EADDRNOTAVAIL: 'NS_CONFIG_INVALID',
  EACCES: 'NS_CONFIG_INVALID',
};

/** `doing`: what was tried, as the beginning of the message: "Connecting to 127.0.0.1:7000". */
export function toTransportError(thrown: unknown, doing: string): NetStoreError {
  if (thrown instanceof NetStoreError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const systemCode = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const code = CODES[systemCode] ?? 'NS_CONNECTION_LOST';
  return new NetStoreError(code, `${doing} failed: ${reason}`, { cause: thrown });
}

/** What an aborted operation throws: the reason when it is an error of ours, else the reason's meaning. */
export function toAbortError(signal: AbortSignal, doing: string): NetStoreError {
  const reason: unknown = signal.reason;
  if (reason instanceof NetStoreError) return reason;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  return new NetStoreError(isTimeout ? 'NS_DEADLINE_EXCEEDED' : 'NS_CONNECTION_LOST', `${doing} was aborted`, { cause: reason });
}
