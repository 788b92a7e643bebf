/**
 * The JSON contract about spaces, their rules and groups: between the gateway and the auth service, and for the public API, which passes
 * most of it on under `/api`. Bearer is the user's own token; the service key is the gateway's.
 *
 *   GET    /v1/spaces                          Bearer → SpaceStandings: those one has something in; `?all=1` all, for admins and auditors
 *   POST   /v1/spaces            NewSpace      Bearer → 201 SpaceStanding; admins
 *   GET    /v1/spaces/:space                   Bearer → SpaceStanding; who has something in it, admins, auditors
 *   PATCH  /v1/spaces/:space     SpaceChange   Bearer → SpaceStanding; name: managers and admins; owner, quota: admins
 *   GET    /v1/spaces/:space/grants            Bearer → GrantList; managers, admins, auditors
 *   PUT    /v1/spaces/:space/grants  Grant     Bearer → 204; managers, admins
 *   DELETE /v1/spaces/:space/grants?folder=&user= or &group=  Bearer → 204; managers, admins
 *   GET    /v1/spaces/:space/viewers?path=&user=&cursor=      Bearer → ViewerList; others: managers, admins, auditors
 *   POST   /v1/spaces/:space/moves  RulesMove  service key → RulesMoved: the rules below `from` hold at `to` too
 *   POST   /v1/spaces/:space/moves/end  RulesMoveEnd  service key → 204: they hold at `from` no more; of every move, with rules or without
 *   PUT    /v1/users/:id/quota  QuotaChange   Bearer → 204; admins; GET → OwnerQuota; also the user himself and auditors
 *   GET    /v1/groups, POST /v1/groups  GroupName, PATCH and DELETE /v1/groups/:group,
 *   GET    /v1/groups/:group, PUT and DELETE /v1/groups/:group/members/:user   Bearer; reading: also auditors, changing: admins
 *   GET    /v1/changes                         service key → server-sent events, each a Change
 */
import { type Static, Type } from 'typebox';
import { SpaceEnding } from './endings-api.ts';
import { nullable } from './nullable.ts';

const closed = { additionalProperties: false } as const;

/** Rules of one space. */
export const GRANTS_PER_SPACE_MAX = 4096;
/** The folders that all rules of one space name, in UTF-8: every answer about a person in it may carry them. */
export const GRANT_FOLDER_BYTES_MAX = 256 * 1024;
/** People about whom one answer tells what they may do: each is decided about by all rules that concern him. */
const VIEWERS_PER_PAGE_MAX = 100;
/** Spaces of one owner who has a quota: every write in them carries their ids. */
export const QUOTA_SPACES_MAX = 256;

const NAME = '^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$';
/** One alphabet without capitals: no two names look alike that are not. */
export const GroupName = Type.String({ pattern: NAME, description: '1–63 characters: a-z, 0-9 and . _ - inside' });
export const SpaceName = Type.String({ pattern: NAME, description: '1–63 characters: a-z, 0-9 and . _ - inside; not home-…' });
const BytesMax = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** `none`: nothing, whatever is granted further up. */
export const GrantRole = Type.Union([Type.Literal('none'), Type.Literal('viewer'), Type.Literal('editor'), Type.Literal('manager')]);
export type GrantRole = Static<typeof GrantRole>;

export const SpaceRole = Type.Union([Type.Literal('viewer'), Type.Literal('editor'), Type.Literal('manager')]);
export type SpaceRole = Static<typeof SpaceRole>;

/** A person by user name, or a group by its name. */
export const Subject = Type.Object({ kind: Type.Union([Type.Literal('user'), Type.Literal('group')]), name: Type.String() }, closed);
export type Subject = Static<typeof Subject>;

/** `folder`: `''` is the root of the space. `manager` is given there alone. */
export const Grant = Type.Object({ folder: Type.String(), subject: Subject, role: GrantRole }, closed);
export type Grant = Static<typeof Grant>;

/** What counts for one person at one folder, and by which grant. */
export const AccessRule = Type.Object({ folder: Type.String(), role: GrantRole, by: Subject }, closed);
export type AccessRule = Static<typeof AccessRule>;

/**
 * `see`: that it is there. Needed to walk to something deeper, and granted for the folders on the way. `delete`: to take away what is there,
 * into the trash, to another place or for good. Every role that may write may do that too; cuts tell the two apart.
 */
export const Action = Type.Union([
  Type.Literal('see'),
  Type.Literal('read'),
  Type.Literal('write'),
  Type.Literal('delete'),
  Type.Literal('manage'),
]);
export type Action = Static<typeof Action>;

/** What an API key or a link leaves of the rights of its user: these actions, at this path and below it. `''` is the whole space. */
export const Cut = Type.Object({ path: Type.String(), actions: Type.Array(Action) }, closed);
export type Cut = Static<typeof Cut>;

/** Why a decision is what it is. `rule`: the nearest, whether it allows or not. `way`: seen, and no more, on the way to something deeper. */
export const Reason = Type.Union([
  Type.Object({ kind: Type.Literal('owner') }, closed),
  Type.Object({ kind: Type.Literal('rule'), rule: AccessRule }, closed),
  Type.Object({ kind: Type.Literal('way') }, closed),
  Type.Object({ kind: Type.Literal('no-rule') }, closed),
  Type.Object({ kind: Type.Literal('cut'), cut: Cut }, closed),
]);
export type Reason = Static<typeof Reason>;

export const SpaceKind = Type.Union([Type.Literal('home'), Type.Literal('shared')]);
export type SpaceKind = Static<typeof SpaceKind>;

const spaceProperties = { id: Type.String(), name: Type.String(), kind: SpaceKind, owner: Type.String() };

/** `role`: the highest that somebody has anywhere in it. */
export const SpaceSummary = Type.Object({ ...spaceProperties, role: SpaceRole }, closed);
export type SpaceSummary = Static<typeof SpaceSummary>;

/** `ending` is null for a space that is not being deleted. `role` is null for an admin or auditor who has none in it. `bytesMax`: its quota; null when it has none. */
const standingProperties = { ...spaceProperties, role: nullable(SpaceRole), bytesMax: nullable(BytesMax), ending: nullable(SpaceEnding) };

/** What all versions take, old and trashed ones too; null when nobody can say it now, and for those who are not to know. */
export const UsedBytes = nullable(Type.Integer({ minimum: 0 }));

/** As the auth service knows it. `seesUsage`: whoever asks looks after the space, and may know what it takes. */
export const SpaceStanding = Type.Object({ ...standingProperties, seesUsage: Type.Boolean() }, closed);
export type SpaceStanding = Static<typeof SpaceStanding>;
export const SpaceStandings = Type.Object({ spaces: Type.Array(SpaceStanding), nextCursor: nullable(Type.String()) }, closed);
export type SpaceStandings = Static<typeof SpaceStandings>;

/** As the gateway answers. */
export const SpaceDetail = Type.Object({ ...standingProperties, usedBytes: UsedBytes }, closed);
export type SpaceDetail = Static<typeof SpaceDetail>;
export const SpaceList = Type.Object({ spaces: Type.Array(SpaceDetail), nextCursor: nullable(Type.String()) }, closed);
export type SpaceList = Static<typeof SpaceList>;

const pageProperties = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
};

export const SpaceListQuery = Type.Object({ ...pageProperties, all: Type.Optional(Type.Literal('1')) }, closed);
export type SpaceListQuery = Static<typeof SpaceListQuery>;

export const NewSpace = Type.Object({ name: SpaceName, owner: Type.String(), bytesMax: Type.Optional(nullable(BytesMax)) }, closed);
export type NewSpace = Static<typeof NewSpace>;

/** What is not named stays. */
export const SpaceChange = Type.Object(
  { name: Type.Optional(SpaceName), owner: Type.Optional(Type.String()), bytesMax: Type.Optional(nullable(BytesMax)) },
  { ...closed, minProperties: 1 },
);
export type SpaceChange = Static<typeof SpaceChange>;

export const GrantList = Type.Object({ owner: Type.String(), grants: Type.Array(Grant) }, closed);
export type GrantList = Static<typeof GrantList>;

/** Which grant: exactly one of `user` and `group`. */
export const GrantQuery = Type.Object(
  { folder: Type.Optional(Type.String()), user: Type.Optional(Type.String()), group: Type.Optional(Type.String()) },
  closed,
);
export type GrantQuery = Static<typeof GrantQuery>;

/** What one person may do at a path, and why. */
export const PersonAccess = Type.Object({ username: Type.String(), actions: Type.Array(Action), reason: Reason }, closed);
export type PersonAccess = Static<typeof PersonAccess>;

/** Everybody who may see the path; whoever was asked about, whether they may or not. */
export const ViewerList = Type.Object({ viewers: Type.Array(PersonAccess), nextCursor: nullable(Type.String()) }, closed);
export type ViewerList = Static<typeof ViewerList>;

export const ViewerQuery = Type.Object(
  {
    ...pageProperties,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: VIEWERS_PER_PAGE_MAX, default: VIEWERS_PER_PAGE_MAX })),
    path: Type.String(),
    user: Type.Optional(Type.String()),
  },
  closed,
);
export type ViewerQuery = Static<typeof ViewerQuery>;

/** No more than `bytesMax` in all of these spaces together. */
export const Quota = Type.Object({ spaces: Type.Array(Type.String()), bytesMax: BytesMax }, closed);
export type Quota = Static<typeof Quota>;

export const QuotaChange = Type.Object({ bytesMax: nullable(BytesMax) }, closed);
export type QuotaChange = Static<typeof QuotaChange>;

/** As the auth service knows it. `spaces`: those of the owner, by id. */
export const OwnerQuota = Type.Object({ bytesMax: nullable(BytesMax), spaces: Type.Array(Type.String()) }, closed);
export type OwnerQuota = Static<typeof OwnerQuota>;

/** As the gateway answers: how much all spaces of an owner may take together, and how much they do. */
export const OwnerUsage = Type.Object({ bytesMax: nullable(BytesMax), usedBytes: UsedBytes }, closed);
export type OwnerUsage = Static<typeof OwnerUsage>;

/**
 * What one principal has in one space, as the gateway decides by it. Kept there for at most 5 s. `rules`: those of the user, one for each folder;
 * of an owner none, and of a manager that of the root alone, since no other decides. `cuts`: what all must leave an action that is to be allowed, none for a session.
 */
export const SpaceAccess = Type.Object(
  {
    space: SpaceSummary,
    userId: Type.String(),
    username: Type.String(),
    isOwner: Type.Boolean(),
    rules: Type.Array(AccessRule),
    cuts: Type.Array(Cut),
    quotas: Type.Array(Quota),
  },
  closed,
);
export type SpaceAccess = Static<typeof SpaceAccess>;

const moveProperties = {
  from: Type.String(),
  to: Type.String(),
  operationId: Type.String({ maxLength: 64 }),
  userId: Type.String(),
  mayManage: Type.Boolean(),
};

/**
 * Something is about to go from one path to another, with what is below it. `userId`: who moves it, who must manage where there are rules;
 * `mayManage`: whether no cut takes managing away from him. `isPlain`: it is to come to lie at `to` and nowhere else, and nothing is there; rules can
 * follow it then alone.
 */
export const RulesMove = Type.Object({ ...moveProperties, isPlain: Type.Boolean() }, closed);
export type RulesMove = Static<typeof RulesMove>;

/** `restored`: it came out of the trash, whose rules stay with its old path. `rejected`: it certainly did not happen. */
export const RulesMoveEnd = Type.Object(
  { ...moveProperties, outcome: Type.Union([Type.Literal('moved'), Type.Literal('restored'), Type.Literal('rejected')]) },
  closed,
);
export type RulesMoveEnd = Static<typeof RulesMoveEnd>;

/** Whether there are any rules at `from` or below it. */
export const RulesMoved = Type.Object({ hasRules: Type.Boolean() }, closed);
export type RulesMoved = Static<typeof RulesMoved>;

export const GroupSummary = Type.Object({ name: Type.String(), members: Type.Integer() }, closed);
export type GroupSummary = Static<typeof GroupSummary>;
export const GroupList = Type.Object({ groups: Type.Array(GroupSummary), nextCursor: nullable(Type.String()) }, closed);
export type GroupList = Static<typeof GroupList>;
/** `members`: one page of user names. */
export const GroupDetail = Type.Object(
  { name: Type.String(), members: Type.Array(Type.String()), nextCursor: nullable(Type.String()) },
  closed,
);
export type GroupDetail = Static<typeof GroupDetail>;
export const GroupChange = Type.Object({ name: GroupName }, closed);
export type GroupChange = Static<typeof GroupChange>;
export const PageQuery = Type.Object(pageProperties, closed);
export type PageQuery = Static<typeof PageQuery>;

/** What a gateway has to ask again from now on. `all`: everything it knows. */
export const Change = Type.Union([
  Type.Object({ kind: Type.Literal('all') }, closed),
  Type.Object({ kind: Type.Literal('space'), name: Type.String() }, closed),
  Type.Object({ kind: Type.Literal('user'), userId: Type.String() }, closed),
]);
export type Change = Static<typeof Change>;
