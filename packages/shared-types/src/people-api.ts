/**
 * The JSON contract about people: users, invitations, new passwords by link, and what one does about one's own account.
 * The auth service serves it under `/v1`, the gateway under `/api/v1`; the bodies are the same.
 *
 *   GET    /users  UsersQuery → UsersPage                       admin, auditor
 *   POST   /users  CreateUserRequest → 201 User                 admin
 *   GET    /users/:id → User                                    admin, auditor
 *   PATCH  /users/:id  ChangeUserRequest → User                 admin; 409 NS_LAST_ADMIN
 *   DELETE /users/:id  DeleteUserRequest → 204                  admin; 409 NS_LAST_ADMIN
 *   POST   /users/:id/password-reset → 201 OneTimeLink          admin
 *   DELETE /users/:id/second-factor → 204                       admin
 *   GET    /invitations → Invitations                           admin, auditor
 *   POST   /invitations  InviteRequest → 201 IssuedInvitation   admin
 *   DELETE /invitations/:id → 204                               admin
 *   POST   /invitations/look-up  LinkRequest → InvitationOffer  whoever holds the token; 401 NS_BAD_LINK
 *   POST   /invitations/accept  AcceptInvitationRequest → 201   whoever holds the token: a session begins
 *   POST   /password-resets/look-up  LinkRequest → PasswordResetOffer
 *   POST   /password-resets/accept  AcceptPasswordResetRequest → 204
 *   POST   /me/password  ChangePasswordRequest → 204            everybody, and so are those below
 *   GET    /me/sessions → OwnSessions
 *   DELETE /me/sessions/:id → 204
 *   GET    /me/second-factor → SecondFactor
 *   POST   /me/second-factor/enrol  EnrolRequest → 201 Enrolment
 *   POST   /me/second-factor/confirm  ConfirmRequest → RecoveryCodes
 *   DELETE /me/second-factor  TurnOffRequest → 204
 *
 * Tokens of links travel in bodies, because proxies write addresses to logs.
 */
import { type Static, Type } from 'typebox';
import { ClusterRole, Password, Username } from './auth-api.ts';
import { nullable } from './nullable.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String();

const Id = Type.String({ pattern: '^[0-9a-f]{32}$' });
export const IdParams = Type.Object({ id: Id }, closed);
export type IdParams = Static<typeof IdParams>;

const Roles = Type.Array(ClusterRole, { minItems: 1, maxItems: 3, uniqueItems: true });
const LinkToken = Type.String({ minLength: 1, maxLength: 256 });
/** Six digits, or a recovery code. */
const Code = Type.String({ minLength: 1, maxLength: 64 });

export const User = Type.Object(
  {
    id: Type.String(),
    username: Type.String(),
    roles: Type.Array(ClusterRole),
    hasSecondFactor: Type.Boolean(),
    createdAt: Time,
    lastSignInAt: nullable(Time),
    disabledAt: nullable(Time),
  },
  closed,
);
export type User = Static<typeof User>;

export const UsersQuery = Type.Object(
  {
    search: Type.Optional(Type.String({ maxLength: 64, description: 'A part of the user name' })),
    cursor: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  closed,
);
export type UsersQuery = Static<typeof UsersQuery>;

/** By user name. */
export const UsersPage = Type.Object({ users: Type.Array(User), nextCursor: nullable(Type.String()) }, closed);
export type UsersPage = Static<typeof UsersPage>;

export const CreateUserRequest = Type.Object({ username: Username, password: Password, roles: Roles }, closed);
export type CreateUserRequest = Static<typeof CreateUserRequest>;

export const ChangeUserRequest = Type.Object(
  { roles: Type.Optional(Roles), isDisabled: Type.Optional(Type.Boolean()) },
  { ...closed, minProperties: 1 },
);
export type ChangeUserRequest = Static<typeof ChangeUserRequest>;

/** Who manages the spaces of the user from then on: no file is lost with an account. */
export const DeleteUserRequest = Type.Object({ reassignTo: Id }, closed);
export type DeleteUserRequest = Static<typeof DeleteUserRequest>;

/** Shown once: only a hash of the token is kept. */
export const OneTimeLink = Type.Object({ token: Type.String(), expiresAt: Time }, closed);
export type OneTimeLink = Static<typeof OneTimeLink>;

export const Invitation = Type.Object(
  {
    id: Type.String(),
    username: nullable(Type.String()),
    roles: Type.Array(ClusterRole),
    invitedBy: Type.String(),
    createdAt: Time,
    expiresAt: Time,
  },
  closed,
);
export type Invitation = Static<typeof Invitation>;

/** The open ones, the latest first. */
export const Invitations = Type.Object({ invitations: Type.Array(Invitation) }, closed);
export type Invitations = Static<typeof Invitations>;

export const InviteRequest = Type.Object({ username: Type.Optional(Username), roles: Roles }, closed);
export type InviteRequest = Static<typeof InviteRequest>;

export const IssuedInvitation = Type.Object({ invitation: Invitation, token: Type.String() }, closed);
export type IssuedInvitation = Static<typeof IssuedInvitation>;

export const LinkRequest = Type.Object({ token: LinkToken }, closed);
export type LinkRequest = Static<typeof LinkRequest>;

export const InvitationOffer = Type.Object(
  { username: nullable(Type.String()), roles: Type.Array(ClusterRole), invitedBy: Type.String(), expiresAt: Time },
  closed,
);
export type InvitationOffer = Static<typeof InvitationOffer>;

/** With a user name where the invitation names none. */
export const AcceptInvitationRequest = Type.Object({ token: LinkToken, username: Type.Optional(Username), password: Password }, closed);
export type AcceptInvitationRequest = Static<typeof AcceptInvitationRequest>;

export const PasswordResetOffer = Type.Object({ username: Type.String(), expiresAt: Time }, closed);
export type PasswordResetOffer = Static<typeof PasswordResetOffer>;

export const AcceptPasswordResetRequest = Type.Object({ token: LinkToken, password: Password }, closed);
export type AcceptPasswordResetRequest = Static<typeof AcceptPasswordResetRequest>;

export const ChangePasswordRequest = Type.Object({ oldPassword: Password, newPassword: Password }, closed);
export type ChangePasswordRequest = Static<typeof ChangePasswordRequest>;

export const OwnSession = Type.Object(
  {
    id: Type.String(),
    createdAt: Time,
    lastUsedAt: Time,
    clientAddress: Type.String(),
    /** What the browser calls itself. */
    clientAgent: nullable(Type.String()),
    isCurrent: Type.Boolean(),
  },
  closed,
);
export type OwnSession = Static<typeof OwnSession>;

/** The live ones, the last used first. */
export const OwnSessions = Type.Object({ sessions: Type.Array(OwnSession) }, closed);
export type OwnSessions = Static<typeof OwnSessions>;

export const SecondFactor = Type.Object({ isOn: Type.Boolean(), since: nullable(Time), recoveryCodesLeft: Type.Integer() }, closed);
export type SecondFactor = Static<typeof SecondFactor>;

export const EnrolRequest = Type.Object({ password: Password }, closed);
export type EnrolRequest = Static<typeof EnrolRequest>;

/** The secret in base32 as people type it, and the same as a link for apps. Not in force until a code confirms it. */
export const Enrolment = Type.Object({ secret: Type.String(), uri: Type.String() }, closed);
export type Enrolment = Static<typeof Enrolment>;

export const ConfirmRequest = Type.Object({ code: Code }, closed);
export type ConfirmRequest = Static<typeof ConfirmRequest>;

/** Shown once: only hashes are kept. */
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) }, closed);
export type RecoveryCodes = Static<typeof RecoveryCodes>;

export const TurnOffRequest = Type.Object({ password: Password, code: Code }, closed);
export type TurnOffRequest = Static<typeof TurnOffRequest>;
