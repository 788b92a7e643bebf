/** Has downloads by links counted by the auth service, before a byte flows, and says when one broke off. */
import type { AuthClient } from '../auth/auth-client.ts';
import type { ShareSession } from './share-seals.ts';

export interface BegunDownload {
  /** Call when the bytes did not all go out: the same session may begin again. */
  readonly breakOff: () => Promise<void>;
}

export class LinkDownloads {
  readonly #auth: AuthClient;

  constructor(auth: AuthClient) {
    this.#auth = auth;
  }

  /** Throws `NS_LINK_USED_UP`, or what else is wrong with the link. */
  async begin(
    { link, session }: ShareSession,
    { version, isContinuation }: { readonly version: string; readonly isContinuation: boolean },
  ): Promise<BegunDownload> {
    const path = `/v1/links/${link}/downloads`;
    await this.#auth.passOn({ method: 'POST', path, body: { session, version, isContinuation } });
    const breakOff = async (): Promise<void> => {
      // Where the whole went out before, a part that breaks off does not open the way to the whole again.
      if (isContinuation) return;
      await this.#auth.passOn({ method: 'POST', path: `${path}/broken`, body: { session, version } });
    };
    return { breakOff };
  }
}
