/** Ids in one question to the worker; more are asked in several, so that none is long in coming. */
const IDS_AT_ONCE = 4096;

export function inBatches<Id>(ids: readonly Id[]): Id[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, index) =>
    ids.slice(index * IDS_AT_ONCE, (index + 1) * IDS_AT_ONCE),
  );
}
