/** Has downloads by links counted by the auth service, before a byte flows, and says when one broke off. */
import type { AuthClient } from '../auth/auth-client.ts';
import type { BytesToSend, CountedDownload } from '../files/content-answer.ts';
import type { ShareSession } from './share-seals.ts';

export class LinkDownloads {
  readonly #auth: AuthClient;

  constructor(auth: AuthClient) {
    this.#auth = auth;
  }

  /** Throws `NS_LINK_USED_UP`, or what else is wrong with the link. */
  async begin(
    { link, session }: ShareSession,
    version: string,
    { firstByte, sizeBytes, lengthBytes }: BytesToSend,
  ): Promise<CountedDownload> {
    const path = `/v1/links/${link}/downloads`;
    const download = { session, version, isContinuation: firstByte > 0 };
    await this.#auth.passOn({ method: 'POST', path, body: { ...download, sizeBytes, lengthBytes } });
    const breakOff = async (unsentBytes: number): Promise<void> => {
      await this.#auth.passOn({ method: 'POST', path: `${path}/broken`, body: { ...download, unsentBytes } });
    };
    return { breakOff };
  }
}
