/** What the fake auth service says about links: they are good until they are ended, lead into the home of a person, and have their id as token. */
import { type Cut, newShareLinkId } from '@netstore/shared-types';
import { accessIn, type FakePerson } from './fake-access.ts';
import { type Answer, problem } from './fake-answer.ts';

interface FakeLink {
  readonly person: FakePerson;
  readonly kind: 'view' | 'drop';
  readonly path: string;
}

export class FakeLinks {
  readonly #links = new Map<string, FakeLink>();
  readonly #ended = new Set<string>();
  /** What was said of downloads: `begun` and `broken`. */
  readonly downloads: string[] = [];

  /** Its token. */
  add(link: FakeLink): string {
    const id = newShareLinkId();
    this.#links.set(id, link);
    return id;
  }

  end(token: string): void {
    this.#ended.add(token);
  }

  answer(url: string, sent: string): Answer {
    const id = url === '/v1/links/open' ? (JSON.parse(sent) as { readonly token: string }).token : (url.split('/')[3] ?? '');
    const link = this.#links.get(id);
    if (link === undefined) return problem(404, 'NS_LINK_UNKNOWN');
    if (url.endsWith('/broken')) return this.#count('broken');
    if (this.#ended.has(id)) return problem(410, 'NS_LINK_ENDED');
    const { person, kind, path } = link;
    const space = `home-${person.username}`;
    if (url === '/v1/links/open')
      return { status: 200, body: { id, kind, space, path, sharedBy: person.username, expiresAt: null, downloadsLeft: null } };
    if (!url.endsWith('/access')) return this.#count('begun');
    const membership = person.spaces.get(space);
    if (membership === undefined) return problem(410, 'NS_LINK_ENDED');
    const cut: Cut = { path, actions: [kind === 'view' ? 'read' : 'write'] };
    return { status: 200, body: { ...accessIn(space, membership, person), cuts: [cut] } };
  }

  #count(what: 'begun' | 'broken'): Answer {
    this.downloads.push(what);
    return { status: 204, body: null };
  }
}
