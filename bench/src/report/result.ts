/** What one step found, as it goes into the table and the JSON file. */
import { percentile } from './percentile.ts';

/** The best that this machine can do at the same kind of work, measured in the same run. */
export interface Ceiling {
  readonly name: string;
  /** In the unit of the result that it stands beside. */
  readonly rate: number;
}

export interface Result {
  readonly name: string;
  readonly unit: 'MiB/s' | 'per second';
  /** Bytes for MiB/s, operations otherwise. */
  readonly amount: number;
  readonly seconds: number;
  readonly rate: number;
  /** Of single operations; null where the step is one long stream. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly ceiling: Ceiling | null;
}

const BYTES_PER_MIB = 2 ** 20;

export function streamResult(name: string, bytes: number, seconds: number, ceiling: Ceiling | null = null): Result {
  return { name, unit: 'MiB/s', amount: bytes, seconds, rate: bytes / BYTES_PER_MIB / seconds, latencyMs: null, ceiling };
}

/** `latenciesMs` has one entry per operation, in any order. */
export function operationsResult(name: string, latenciesMs: readonly number[], seconds: number, ceiling: Ceiling | null = null): Result {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return {
    name,
    unit: 'per second',
    amount: sorted.length,
    seconds,
    rate: sorted.length / seconds,
    latencyMs: { p50: percentile(sorted, 50), p95: percentile(sorted, 95), p99: percentile(sorted, 99) },
    ceiling,
  };
}
