/** The gateway's HTTP application, as a table of contents. */
import cookiePlugin from '@fastify/cookie';
import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { createMetrics, type Logger, registerHealth, registerMetrics } from '@netstore/service-kit';
import type { AuditBatch } from '@netstore/shared-types';
import { auditRequests } from './audit/audit-plugin.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { NodeFaults } from './audit/node-faults.ts';
import { AuthClient } from './auth/auth-client.ts';
import { Gatekeeper } from './auth/authenticate.ts';
import { ChangeFeed } from './auth/change-feed.ts';
import { KeyVerifier } from './auth/key-verifier.ts';
import type { Outdated } from './auth/outdated.ts';
import { RefreshCookie } from './auth/refresh-cookie.ts';
import { sessionRoutes } from './auth/session-routes.ts';
import { TokenVerifier } from './auth/token-verifier.ts';
import { WebKeys } from './auth/web-keys.ts';
import { clusterRoutes } from './cluster/cluster-routes.ts';
import { checkReadiness } from './cluster/readiness.ts';
import type { StorageNodes } from './cluster/storage-nodes.ts';
import type { GatewayConfig } from './config.ts';
import { ContentAnswerer } from './files/content-answer.ts';
import { contentRoutes } from './files/content-routes.ts';
import { Cursors } from './files/cursors.ts';
import { DownloadMemory } from './files/download-memory.ts';
import { entryRoutes } from './files/entry-routes.ts';
import { formRoutes } from './files/form-routes.ts';
import { operationRoutes } from './files/operation-routes.ts';
import { InlineTypes } from './files/served-type.ts';
import { Tickets } from './files/ticket.ts';
import { trashRoutes } from './files/trash-routes.ts';
import { FileUploader } from './files/upload-file.ts';
import { uploadRoutes } from './files/upload-routes.ts';
import type { GatewayApp } from './gateway-app.ts';
import { countTraffic, measureMemory } from './gateway-metrics.ts';
import { createHttpEdge } from './http-edge.ts';
import { openApiDocument } from './open-api.ts';
import { refuseOtherMethods, rememberMethods } from './other-methods.ts';
import { guestRoutes } from './people/guest-routes.ts';
import { keyRoutes } from './people/key-routes.ts';
import { peopleRoutes } from './people/people-routes.ts';
import { dropRoutes } from './shares/drop-routes.ts';
import { LinkDownloads } from './shares/link-downloads.ts';
import { linkRoutes } from './shares/link-routes.ts';
import { ShareGate } from './shares/share-gate.ts';
import { shareRoutes } from './shares/share-routes.ts';
import { ShareSeals } from './shares/share-seals.ts';
import { endingRoutes } from './spaces/ending-routes.ts';
import { groupRoutes } from './spaces/group-routes.ts';
import { SpaceRights } from './spaces/space-rights.ts';
import { spaceRoutes } from './spaces/space-routes.ts';
import { SpaceUsage } from './spaces/space-usage.ts';
import { pageRoutes } from './ui/page-routes.ts';
import { UploadMemory } from './uploads/upload-memory.ts';

const DOWNLOAD_MEMORY_BYTES = 64 * 1024 * 1024;
const UPLOADS_PER_USER_MAX = 128;

export interface AppParts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly nodes: StorageNodes;
}

export async function buildApp({ config, logger, nodes }: AppParts): Promise<GatewayApp> {
  const metrics = createMetrics({ service: 'gateway' });
  const { onReceived, onSent } = countTraffic(metrics);
  const auth = new AuthClient({ origin: config.authUrl, serviceKey: config.serviceKey });
  const rights = new SpaceRights(auth);
  const cookie = new RefreshCookie(config);
  const keys = new KeyVerifier(auth);
  const forget = (outdated: Outdated): void => {
    rights.forget(outdated);
    keys.forget(outdated);
  };
  const changes = new ChangeFeed({
    open: (signal) => auth.changes(signal),
    onChange: forget,
    onLost: (err) => logger.warn({ err }, 'changes of rights are not heard of: answers of the auth service are used for up to 5 s'),
  });
  const tokens = new TokenVerifier(new WebKeys({ fetchKeys: () => auth.webKeys() }));
  const gatekeeper = new Gatekeeper({ tokens, keys, rights });
  const uploads = new UploadMemory({ budgetBytes: config.uploadMemoryBytes, uploadsPerUserMax: UPLOADS_PER_USER_MAX });
  const downloads = new DownloadMemory({ budgetBytes: DOWNLOAD_MEMORY_BYTES });
  const onAbandonFailed = (err: unknown, requestId: string): void => logger.warn({ err, requestId }, 'staged blobs could not be abandoned');
  const uploader = new FileUploader({ rights, nodes, memory: uploads, onReceived, onAbandonFailed });
  const seals = new ShareSeals({ key: config.ticketKey });
  const gate = new ShareGate({ seals, rights });
  const usage = new SpaceUsage(nodes);
  const cursors = new Cursors(config.ticketKey);
  const answerer = new ContentAnswerer({ nodes, memory: downloads, inlineTypes: new InlineTypes(), rights, onSent });

  nodes.primary.onProven(({ epoch, nodeId }) => logger.info({ epoch, primary: nodeId }, 'primary found'));

  const app = createHttpEdge(config, logger);
  rememberMethods(app);
  const onFailed = (err: unknown): void => logger.warn({ err }, 'entries of the audit wait: the auth service does not take them');
  const keep = (batch: AuditBatch): Promise<void> => auth.keepAudit(batch);
  auditRequests(app, new AuditTrail({ send: keep, onFailed }));
  const faults = new NodeFaults({ links: nodes.links, keep, onFailed });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  registerMetrics(app, metrics);
  measureMemory(metrics, { uploads, downloads });
  registerHealth(app, { isReady: () => checkReadiness(auth, nodes) });
  await app.register(swagger, openApiDocument);
  await app.register(cookiePlugin);
  await app.register(sessionRoutes, { auth, gatekeeper, cookie, usage });
  await app.register(guestRoutes, { auth, cookie });
  await app.register(peopleRoutes, { auth, gatekeeper });
  await app.register(keyRoutes, { auth, forget, gatekeeper });
  await app.register(spaceRoutes, { auth, forget, gatekeeper, usage });
  await app.register(endingRoutes, { auth, forget, gatekeeper, nodes, usage });
  await app.register(groupRoutes, { auth, forget, gatekeeper });
  await app.register(auditRoutes, { auth, gatekeeper });
  await app.register(uploadRoutes, { gatekeeper, uploader });
  await app.register(formRoutes, { gatekeeper, uploader, rights });
  await app.register(contentRoutes, { nodes, gatekeeper, rights, answerer, tickets: new Tickets({ key: config.ticketKey }) });
  await app.register(entryRoutes, { nodes, gatekeeper, cursors });
  await app.register(operationRoutes, { nodes, gatekeeper, auth });
  await app.register(trashRoutes, { nodes, gatekeeper });
  await app.register(linkRoutes, { auth, forget, gatekeeper, nodes });
  await app.register(shareRoutes, { auth, nodes, seals, gate, cursors, answerer, downloads: new LinkDownloads(auth) });
  await app.register(dropRoutes, { nodes, gate, uploader });
  await app.register(clusterRoutes, { nodes, gatekeeper });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  if (config.webDir !== undefined) await app.register(pageRoutes, { webDir: config.webDir });
  refuseOtherMethods(app);
  app.addHook('onReady', async () => {
    changes.start();
    faults.start();
  });
  app.addHook('onClose', async () => {
    await changes[Symbol.asyncDispose]();
    await faults[Symbol.asyncDispose]();
  });
  return app;
}
