/** Puts the auth service together: read it as the table of contents. Listens on nothing; `main.ts` does. */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { answerProblem, createMetrics, type Logger, registerHealth, registerMetrics, registerProblems } from '@netstore/service-kit';
import type { UserId } from '@netstore/shared-types';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { FirstAdminSetup } from './accounts/first-admin.ts';
import { invitationRoutes } from './accounts/invitation-routes.ts';
import { Invitations } from './accounts/invitations.ts';
import { meRoutes } from './accounts/me-routes.ts';
import { ownAccountRoutes } from './accounts/own-account-routes.ts';
import { OwnPassword } from './accounts/own-password.ts';
import { PasswordHasher } from './accounts/password-hasher.ts';
import { passwordResetRoutes } from './accounts/password-reset-routes.ts';
import { PasswordResets } from './accounts/password-resets.ts';
import { People } from './accounts/people.ts';
import { peopleRoutes } from './accounts/people-routes.ts';
import { setupRoutes } from './accounts/setup-routes.ts';
import { SetupToken } from './accounts/setup-token.ts';
import { namesOfUsers } from './accounts/user-store.ts';
import { apiKeyRoutes } from './api-keys/api-key-routes.ts';
import { ApiKeys } from './api-keys/api-keys.ts';
import { keyCheckRoutes } from './api-keys/key-check-routes.ts';
import { openApiKeySecrets } from './api-keys/open-api-key-secrets.ts';
import { AuditLog } from './audit/audit-log.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { AuditStore } from './audit/audit-store.ts';
import { changeRoutes } from './changes/change-routes.ts';
import { Changes } from './changes/changes.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { AuthDatabase } from './database.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { registerAccessTokens } from './keys/access-token.ts';
import { jwksRoutes } from './keys/jwks-routes.ts';
import { KeyRing } from './keys/key-ring.ts';
import { secretNamed } from './keys/secrets.ts';
import { requireServiceKey } from './keys/service-key.ts';
import { SecondFactors } from './second-factor/second-factors.ts';
import { Attempts } from './sessions/attempts.ts';
import { authenticator, authorizer } from './sessions/authenticate.ts';
import { ownSessionRoutes } from './sessions/own-session-routes.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import { Sessions } from './sessions/sessions.ts';
import { SignIn } from './sessions/sign-in.ts';
import { linkCheckRoutes } from './shares/link-check-routes.ts';
import { shareLinkRoutes } from './shares/share-link-routes.ts';
import { ShareLinks } from './shares/share-links.ts';
import { spacesRoutes } from './spaces/spaces-routes.ts';

const BODY_BYTES_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
/** Bodies here are a few hundred bytes: whoever needs longer for one is not signing in. */
const REQUEST_TIMEOUT_MS = 20_000;
const PARAMETER_CHARACTERS_MAX = 256;
const CONNECTIONS_MAX = 1_024;
const AUDIT_UPKEEP_MS = 60_000;
const UPKEEP_INTERVAL_MS = 10 * 60 * 1000;

export interface AppParts {
  readonly config: Config;
  readonly database: AuthDatabase;
  readonly logger: Logger;
  readonly now: Clock;
}

export async function buildApp({ config, database, logger, now }: AppParts): Promise<FastifyInstance> {
  const db = database.queries;
  const app = createHttpEdge(logger);
  requireServiceKey(app, config.serviceKey);
  const metrics = createMetrics({ service: 'auth-service' });
  const hasher = new PasswordHasher(config.passwordCost);
  const ring = await KeyRing.load(db, now);
  const accessTokens = await registerAccessTokens(app, ring);
  const refreshKey = await secretNamed(db, 'refresh-token-successors');
  const sessions = new Sessions({ db, refreshKey, issueAccessToken: accessTokens.issue, logger, now });
  const authenticate = authenticator(accessTokens.verify, sessions);
  const authorize = authorizer(db, authenticate);
  const attempts = new Attempts(now);
  const secondFactors = new SecondFactors({ db, logger, now });
  const signIn = new SignIn({ db, hasher, attempts, secondFactors });
  const invitations = new Invitations({ db, hasher, attempts, logger, now });
  const resets = new PasswordResets({ db, hasher, attempts, logger, now });
  const ownPassword = new OwnPassword({ db, hasher, attempts, logger, now });
  const secrets = await openApiKeySecrets({ db, dataDirectory: config.dataDirectory, logger, nowMs: now() });
  const keys = new ApiKeys({ db, secrets, logger, now });
  const links = new ShareLinks({ db, hasher, attempts, logger, now });
  const changes = new Changes();
  const auditStore = await AuditStore.open(config.dataDirectory);
  app.addHook('onClose', () => auditStore[Symbol.asyncDispose]());
  const namesOf = (ids: readonly UserId[]) => namesOfUsers(db, ids);
  const auditLog = new AuditLog({ store: auditStore, signingKey: () => ring.signingKey(), namesOf, now });
  const setup = new FirstAdminSetup({ db, hasher, token: new SetupToken(config.dataDirectory, now), now });

  registerMetrics(app, metrics);
  metrics.gauge({
    name: 'netstore_auth_password_hashes_waiting',
    help: 'Password hashes that wait for one of the two places',
    collect() {
      this.set(hasher.waiting);
    },
  });
  registerHealth(app, {
    isReady: async () => {
      const reasons = await database.problems();
      return { ready: reasons.length === 0, reasons };
    },
  });
  await app.register(setupRoutes, { setup, sessions });
  await app.register(sessionRoutes, { signIn, sessions });
  await app.register(meRoutes, { db, authenticate });
  await app.register(ownSessionRoutes, { sessions, authenticate, changes });
  await app.register(ownAccountRoutes, { ownPassword, secondFactors, attempts, authenticate, changes });
  await app.register(peopleRoutes, { people: new People({ db, hasher, logger, now }), resets, secondFactors, authorize, changes });
  await app.register(invitationRoutes, { invitations, sessions, authorize });
  await app.register(passwordResetRoutes, { resets, changes });
  await app.register(spacesRoutes, { db, authenticate, sessions, changes, now });
  await app.register(groupRoutes, { db, authenticate, changes, now });
  await app.register(apiKeyRoutes, { db, keys, ownPassword, authenticate, authorize, changes });
  await app.register(keyCheckRoutes, { keys });
  await app.register(shareLinkRoutes, { db, links, authenticate, changes });
  await app.register(linkCheckRoutes, { links });
  await app.register(changeRoutes, { changes });
  await app.register(auditRoutes, { log: auditLog, store: auditStore, namesOf, authorize });
  await app.register(jwksRoutes, { ring });
  await prepareSetup(setup, config, logger);
  keepUp(app, { ring, sessions, expiring: [invitations, resets, keys, links], logger });
  keepAudit(app, { log: auditLog, store: auditStore, logger });
  return app;
}

/** Limits and headers of every route. */
function createHttpEdge(logger: Logger): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Routes log what happened; that a request came is in the metrics.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: answerProblem,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Node looks for late ones only that often; its own default would double the limits.
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: 5_000 },
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    forceCloseConnections: 'idle',
    trustProxy: false,
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  registerProblems(app);
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    // Otherwise a connection that was in use when the stop began is kept alive, and keeps the process alive.
    if (isClosing) reply.header('connection', 'close');
    reply.header('x-content-type-options', 'nosniff');
    // Nearly everything here is about one person, and much of it is a token.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  return app;
}

async function prepareSetup(setup: FirstAdminSetup, { firstAdmin, publicUrl }: Config, logger: Logger): Promise<void> {
  const tokenFile = await setup.prepare(firstAdmin);
  if (tokenFile === undefined) return;
  // The token itself stays out of the log.
  logger.info({ tokenFile, page: `${publicUrl ?? ''}/setup` }, 'set-up is needed: append #token= and the content of the file to the page');
}

/** Signs where the audit stands at least every minute, and keeps its write-ahead log short. */
function keepAudit(app: FastifyInstance, { log, store, logger }: { log: AuditLog; store: AuditStore; logger: Logger }): void {
  const upkeep = async (): Promise<void> => {
    try {
      await log.sign();
      store.tidy();
    } catch (error) {
      logger.error({ err: error }, 'the audit could not be signed: it is tried again');
    }
  };
  const timer = setInterval(() => void upkeep(), AUDIT_UPKEEP_MS).unref();
  app.addHook('preClose', async () => {
    clearInterval(timer);
    await upkeep();
  });
}

interface Upkeep {
  readonly ring: KeyRing;
  readonly sessions: Sessions;
  readonly expiring: readonly { deleteDead(): Promise<void> }[];
  readonly logger: Logger;
}

/** What has to happen from time to time, for as long as the app is open. */
function keepUp(app: FastifyInstance, { ring, sessions, expiring, logger }: Upkeep): void {
  const upkeep = async (): Promise<void> => {
    try {
      await ring.rotate();
      const deleted = await sessions.deleteDead();
      for (const each of expiring) await each.deleteDead();
      if (deleted > 0) logger.info({ deleted }, 'dead sessions deleted');
    } catch (error) {
      logger.error({ err: error }, 'upkeep failed: it is tried again');
    }
  };
  const timer = setInterval(() => void upkeep(), UPKEEP_INTERVAL_MS).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
