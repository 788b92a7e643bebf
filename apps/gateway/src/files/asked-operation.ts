/** An operation as a client asks for it, and as the nodes log it: paths and ids are parsed here, once. */
import { type FileOperation, parseFilePath, parseVersionId, type SpaceId } from '@netstore/shared-types';
import type { Operation } from '@netstore/wire-protocol';

/** Throws `NS_BAD_PATH` and `NS_BAD_REQUEST`. */
export function operationOf(asked: FileOperation, space: SpaceId): Operation {
  switch (asked.kind) {
    case 'make-folder':
      return { kind: 'make-folder', space, path: parseFilePath(asked.path) };
    case 'move':
    case 'copy': {
      const { kind, ifExists = 'fail' } = asked;
      const route = { space, from: parseFilePath(asked.from), to: parseFilePath(asked.to), ifExists };
      return kind === 'move' ? { kind, ...route } : { kind, ...route };
    }
    case 'restore': {
      const { trashId, to, ifExists = 'fail' } = asked;
      return { kind: 'restore', space, trashId: Number(trashId), to: to === undefined ? null : parseFilePath(to), ifExists };
    }
    case 'purge':
      return { kind: 'purge', space, trashIds: asked.trashIds.map(Number) };
    case 'purge-versions':
      return { kind: 'purge-versions', space, path: parseFilePath(asked.path), versions: asked.versions.map(parseVersionId) };
  }
}
