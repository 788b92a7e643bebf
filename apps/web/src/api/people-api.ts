/** The routes about people: users and invitations, links that guests hold, and one's own account. */
import type {
  AcceptInvitationRequest,
  AcceptPasswordResetRequest,
  ChangePasswordRequest,
  ChangeUserRequest,
  Enrolment,
  Invitation,
  InvitationOffer,
  Invitations,
  InviteRequest,
  IssuedInvitation,
  OneTimeLink,
  OwnerUsage,
  OwnSession,
  OwnSessions,
  PasswordResetOffer,
  QuotaChange,
  RecoveryCodes,
  SecondFactor,
  Session,
  TurnOffRequest,
  User,
  UsersPage,
} from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';
import { exchange } from './http.ts';

export interface PeopleQuestion {
  readonly search: string;
  readonly cursor: string | null;
  readonly limit: number;
}

export class PeopleApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  users({ search, cursor, limit }: PeopleQuestion, signal?: AbortSignal): Promise<UsersPage> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (search !== '') query.set('search', search);
    if (cursor !== null) query.set('cursor', cursor);
    return this.#client.json({ path: `/api/v1/users?${query}`, signal });
  }

  change(id: string, change: ChangeUserRequest): Promise<User> {
    return this.#client.json({ method: 'PATCH', path: `/api/v1/users/${id}`, json: change });
  }

  async remove(id: string, reassignTo: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/users/${id}`, json: { reassignTo } });
  }

  offerPassword(id: string): Promise<OneTimeLink> {
    return this.#client.json({ method: 'POST', path: `/api/v1/users/${id}/password-reset` });
  }

  async takeSecondFactorAway(id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/users/${id}/second-factor` });
  }

  /** How much all spaces of an owner may take together, and do. */
  quota(id: string, signal?: AbortSignal): Promise<OwnerUsage> {
    return this.#client.json({ path: `/api/v1/users/${id}/quota`, signal });
  }

  async setQuota(id: string, quota: QuotaChange): Promise<void> {
    await this.#client.send({ method: 'PUT', path: `/api/v1/users/${id}/quota`, json: quota });
  }

  async invitations(signal?: AbortSignal): Promise<Invitation[]> {
    return (await this.#client.json<Invitations>({ path: '/api/v1/invitations', signal })).invitations;
  }

  invite(request: InviteRequest): Promise<IssuedInvitation> {
    return this.#client.json({ method: 'POST', path: '/api/v1/invitations', json: request });
  }

  async revoke(id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/invitations/${id}` });
  }

  async changePassword(request: ChangePasswordRequest): Promise<void> {
    await this.#client.send({ method: 'POST', path: '/api/v1/me/password', json: request });
  }

  async sessions(signal?: AbortSignal): Promise<OwnSession[]> {
    return (await this.#client.json<OwnSessions>({ path: '/api/v1/me/sessions', signal })).sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: `/api/v1/me/sessions/${id}` });
  }

  secondFactor(signal?: AbortSignal): Promise<SecondFactor> {
    return this.#client.json({ path: '/api/v1/me/second-factor', signal });
  }

  enrol(password: string): Promise<Enrolment> {
    return this.#client.json({ method: 'POST', path: '/api/v1/me/second-factor/enrol', json: { password } });
  }

  async confirm(code: string): Promise<readonly string[]> {
    const request = { method: 'POST', path: '/api/v1/me/second-factor/confirm', json: { code } } as const;
    return (await this.#client.json<RecoveryCodes>(request)).recoveryCodes;
  }

  async turnOff(request: TurnOffRequest): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: '/api/v1/me/second-factor', json: request });
  }

  /** Signs the guest in. */
  async acceptInvitation(request: AcceptInvitationRequest): Promise<void> {
    const response = await exchange({ method: 'POST', path: '/api/v1/invitations/accept', json: request });
    this.#client.session.adopt((await response.json()) as Session);
  }
}

export async function lookUpInvitation(token: string, signal?: AbortSignal): Promise<InvitationOffer> {
  const response = await exchange({ method: 'POST', path: '/api/v1/invitations/look-up', json: { token }, signal });
  return (await response.json()) as InvitationOffer;
}

export async function lookUpPasswordReset(token: string, signal?: AbortSignal): Promise<PasswordResetOffer> {
  const response = await exchange({ method: 'POST', path: '/api/v1/password-resets/look-up', json: { token }, signal });
  return (await response.json()) as PasswordResetOffer;
}

export async function acceptPasswordReset(request: AcceptPasswordResetRequest): Promise<void> {
  await exchange({ method: 'POST', path: '/api/v1/password-resets/accept', json: request });
}
