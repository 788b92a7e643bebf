/**
 * The second factor of a user: a secret in an app, in force from the first code that proves it is there, with ten recovery codes
 * for whoever loses the app. No code opens twice. Guesses are throttled by whoever asks here.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type SecondFactor, type UserId } from '@netstore/shared-types';
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { toBase32 } from './base32.ts';
import { hashRecoveryCode, newRecoveryCode } from './recovery-code.ts';
import {
  confirmSecondFactor,
  countRecoveryCodes,
  deleteSecondFactor,
  findSecondFactor,
  putSecondFactor,
  replaceRecoveryCodes,
  type SecondFactorRow,
  spendRecoveryCode,
  spendStep,
} from './second-factor-store.ts';
import { findStep, totpUri } from './totp.ts';

/** As long as the output of the HMAC, which RFC 4226 recommends. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** A secret that was shown and not confirmed by then has to be asked for again. */
const ENROLMENT_LIFETIME_MS = 15 * 60 * 1000;
const TOTP_CODE = /^\d{6}$/;

interface Parts {
  readonly db: Kysely<Schema>;
  readonly logger: Logger;
  readonly now: Clock;
}

export class SecondFactors {
  readonly #db: Kysely<Schema>;
  readonly #logger: Logger;
  readonly #now: Clock;

  constructor({ db, logger, now }: Parts) {
    this.#db = db;
    this.#logger = logger;
    this.#now = now;
  }

  async describe(userId: UserId): Promise<SecondFactor> {
    const row = await findSecondFactor(this.#db, userId);
    if (row === undefined || row.confirmedAt === null) return { isOn: false, since: null, recoveryCodesLeft: 0 };
    return {
      isOn: true,
      since: new Date(row.confirmedAt).toISOString(),
      recoveryCodesLeft: await countRecoveryCodes(this.#db, userId),
    };
  }

  /**
   * Nothing for users without one. Throws `NS_SECOND_FACTOR_REQUIRED` without a code and `NS_BAD_SECOND_FACTOR` for one that is
   * wrong or was used.
   */
  async check(userId: UserId, code: string | undefined): Promise<void> {
    const row = await findSecondFactor(this.#db, userId);
    if (row === undefined || row.confirmedAt === null) return;
    if (code === undefined)
      throw new NetStoreError('NS_SECOND_FACTOR_REQUIRED', 'A code of the second factor is needed besides the password');
    await this.#db.transaction().execute((transaction) => this.#use(transaction, row, code));
  }

  /** A new secret, not in force yet. Throws `NS_CONFLICT` when one is. */
  async enrol(user: { id: UserId; username: string }): Promise<{ secret: string; uri: string }> {
    const secret = randomBytes(SECRET_BYTES);
    await this.#db.transaction().execute(async (transaction) => {
      const before = await findSecondFactor(transaction, user.id);
      if (before !== undefined && before.confirmedAt !== null) throw new NetStoreError('NS_CONFLICT', 'The second factor is on already');
      const row = { userId: user.id, secret: secret.toString('hex'), createdAt: this.#now(), confirmedAt: null, lastStep: 0 };
      await putSecondFactor(transaction, row);
    });
    return { secret: toBase32(secret), uri: totpUri(secret, user.username) };
  }

  /** Puts it in force; the recovery codes are in the answer and nowhere else. Throws `NS_CONFLICT` or `NS_BAD_SECOND_FACTOR`. */
  async confirm(userId: UserId, code: string): Promise<string[]> {
    const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await this.#db.transaction().execute(async (transaction) => {
      const row = await findSecondFactor(transaction, userId);
      if (row === undefined || row.confirmedAt !== null || row.createdAt + ENROLMENT_LIFETIME_MS <= this.#now()) {
        throw new NetStoreError('NS_CONFLICT', 'No secret waits for its first code: begin again');
      }
      await this.#useTotp(transaction, row, code);
      await confirmSecondFactor(transaction, userId, this.#now());
      await replaceRecoveryCodes(transaction, userId, recoveryCodes.map(hashRecoveryCode));
    });
    this.#logger.info({ userId }, 'second factor turned on');
    return recoveryCodes;
  }

  /** Throws `NS_CONFLICT` when it is off, `NS_BAD_SECOND_FACTOR`. */
  async turnOff(userId: UserId, code: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const row = await findSecondFactor(transaction, userId);
      if (row === undefined || row.confirmedAt === null) throw new NetStoreError('NS_CONFLICT', 'The second factor is off already');
      await this.#use(transaction, row, code);
      await deleteSecondFactor(transaction, userId);
    });
    this.#logger.info({ userId }, 'second factor turned off');
  }

  /** For an admin, without any code. Throws `NS_NOT_FOUND` when there is none. */
  async takeAway(by: UserId, userId: UserId): Promise<void> {
    const wasThere = await this.#db.transaction().execute((transaction) => deleteSecondFactor(transaction, userId));
    if (!wasThere) throw new NetStoreError('NS_NOT_FOUND', 'This user has no second factor');
    this.#logger.info({ by, userId }, 'second factor taken away');
  }

  async #use(db: Transaction<Schema>, row: SecondFactorRow, typed: string): Promise<void> {
    const code = typed.trim();
    if (TOTP_CODE.test(code.replaceAll(' ', ''))) return await this.#useTotp(db, row, code);
    if (!(await spendRecoveryCode(db, row.userId, hashRecoveryCode(code), this.#now()))) throw badCode();
    this.#logger.info({ userId: row.userId }, 'recovery code used');
  }

  async #useTotp(db: Transaction<Schema>, { userId, secret, lastStep }: SecondFactorRow, typed: string): Promise<void> {
    const step = findStep(Buffer.from(secret, 'hex'), typed.replaceAll(' ', ''), { nowMs: this.#now(), lastStep });
    if (step === undefined || !(await spendStep(db, userId, step))) throw badCode();
  }
}

function badCode(): NetStoreError {
  return new NetStoreError(
    'NS_BAD_SECOND_FACTOR',
    'The code is wrong or was used before: wait for the next one, and see that the clock of the device is right',
  );
}
