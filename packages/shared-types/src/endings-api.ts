/**
 * The JSON contract about spaces that are being deleted, between the gateway and the auth service; managers and admins.
 *
 *   PUT    /v1/spaces/:space/ending             Bearer → SpaceStanding; it is to be deleted, nobody adds to it; managers, admins; DELETE: keep it
 *   GET    /v1/spaces/:space/ending             Bearer → EndedSpace; managers, admins
 *   DELETE /v1/spaces/:space?since=             Bearer → 204; the gateway has found it empty under that mark; managers, admins
 */
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** Since when it is being deleted, and how long until nothing can be on its way into it: not before then is it looked whether it is empty. */
export const SpaceEnding = Type.Object({ since: Type.String(), secondsLeft: Type.Integer({ minimum: 0 }) }, closed);
export type SpaceEnding = Static<typeof SpaceEnding>;

/** Which space it is, by id. */
export const EndedSpace = Type.Object({ id: Type.String(), ...SpaceEnding.properties }, closed);
export type EndedSpace = Static<typeof EndedSpace>;

/** The mark under which it was found empty. */
export const EndingQuery = Type.Object({ since: Type.String({ maxLength: 64 }) }, closed);
