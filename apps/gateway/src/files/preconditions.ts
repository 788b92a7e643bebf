/** Conditional requests of RFC 9110, section 13, on the versions of files: an ETag is a version in quotes, and always strong. */
import { NetStoreError, parseVersionId, type VersionId } from '@netstore/shared-types';
import type { Expected } from '@netstore/wire-protocol';

export interface ConditionFields {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

export function etagOf(version: string): string {
  return `"${version}"`;
}

/** What a write expects to find. Decided by the nodes when the operation is applied, not here. */
export function expectedOf(fields: ConditionFields): Expected {
  const match = fields['if-match'];
  const noneMatch = fields['if-none-match'];
  if (match !== undefined && noneMatch !== undefined)
    throw new NetStoreError('NS_BAD_REQUEST', 'If-Match and If-None-Match exclude each other here');
  if (match === undefined && noneMatch === undefined) return { kind: 'any' };
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw new NetStoreError('NS_BAD_REQUEST', 'If-None-Match of a write must be *');
    return { kind: 'absent' };
  }
  return match?.trim() === '*' ? { kind: 'present' } : { kind: 'version', version: onlyVersion(match ?? '') };
}

/** Throws `NS_PRECONDITION_FAILED`; true when the client has this version already: 304. */
export function isNotModified(fields: ConditionFields, version: VersionId): boolean {
  const match = fields['if-match'];
  if (match !== undefined && match.trim() !== '*' && !tagsOf(match).includes(etagOf(version))) {
    throw new NetStoreError('NS_PRECONDITION_FAILED', `The file is at version ${version}`);
  }
  const noneMatch = fields['if-none-match'];
  if (noneMatch === undefined) return false;
  return noneMatch.trim() === '*' || tagsOf(noneMatch).some((tag) => tag.replace(/^W\//, '') === etagOf(version));
}

/** Whether `Range` counts. Dates never match: a version may be younger than its second. */
export function isRangeWanted(fields: ConditionFields, version: VersionId): boolean {
  const ifRange = fields['if-range'];
  return ifRange === undefined || ifRange.trim() === etagOf(version);
}

function tagsOf(field: string): string[] {
  return field.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** A tag that no version ever had can only fail, and that is what it does. */
function onlyVersion(field: string): VersionId {
  const tags = tagsOf(field);
  if (tags.length !== 1) throw new NetStoreError('NS_BAD_REQUEST', 'If-Match of a write must name one version or be *');
  try {
    return parseVersionId(tags[0]?.replace(/^"|"$/g, '') ?? '');
  } catch {
    throw new NetStoreError('NS_PRECONDITION_FAILED', 'If-Match names a version that never was');
  }
}
