/** How the nodes' rows look in the public API. */
import type { Entry, Sha256, Version } from '@netstore/shared-types';
import type { EntryRow, FileVersion } from '@netstore/wire-protocol';

export function entryView({ path, modifiedAtMs, file, replicas }: EntryRow): Entry {
  return {
    kind: file === null ? 'folder' : 'file',
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sizeBytes: file?.sizeBytes ?? 0,
    contentType: file?.contentType ?? null,
    modifiedAt: new Date(modifiedAtMs).toISOString(),
    version: file?.version ?? null,
    sha256: file === null ? null : sha256Hex(file.sha256),
    replicas,
  };
}

export function versionView(version: FileVersion, currentVersion: string | undefined): Version {
  return {
    version: version.version,
    sizeBytes: version.sizeBytes,
    sha256: sha256Hex(version.sha256),
    contentType: version.contentType,
    createdAt: new Date(version.createdAtMs).toISOString(),
    isCurrent: version.version === currentVersion,
  };
}

export function sha256Hex(digest: Uint8Array): Sha256 {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('hex') as Sha256;
}
