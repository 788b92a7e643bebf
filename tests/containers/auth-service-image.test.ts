/** The suite of the auth service, against its image in place of a process. */
import { beforeAll, test, vi } from 'vitest';
import { buildImages } from '../support/compose-cluster.ts';
import { findCompose, hasContainerEngine } from '../support/container-engine.ts';
import { needs } from '../support/needs.ts';

vi.mock('../support/auth-service.ts', () => import('../support/auth-service-container.ts'));

const BUILD_DEADLINE_MS = 900_000;

if ((await hasContainerEngine()) && findCompose() !== undefined) {
  beforeAll(() => buildImages('auth-service'), BUILD_DEADLINE_MS);
  await import('../services/auth-service/access.test.ts');
  await import('../services/auth-service/sessions.test.ts');
  await import('../services/auth-service/setup.test.ts');
} else {
  test('the suite of the auth service passes against its image', (context) => needs(context, 'container engine with compose', false));
}
