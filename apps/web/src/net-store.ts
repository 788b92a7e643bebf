/** Everything of the page that outlives a component, made once, and how components reach it. */
import { QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ApiClient } from './api/api-client.ts';
import { ApiProblem } from './api/api-problem.ts';
import { AuditApi } from './api/audit-api.ts';
import { openBrowserSession } from './api/browser-session.ts';
import { ClashQuestions } from './api/clash-questions.ts';
import { FilesApi } from './api/files-api.ts';
import { GroupsApi } from './api/groups-api.ts';
import { KeysApi } from './api/keys-api.ts';
import { LinksApi } from './api/links-api.ts';
import { ListingCache } from './api/listing-cache.ts';
import { Notices } from './api/notices.ts';
import { PeopleApi } from './api/people-api.ts';
import { SpacesApi } from './api/spaces-api.ts';
import { TrashCache } from './api/trash-cache.ts';
import { PageUploads } from './uploads/page-uploads.ts';

export interface NetStore {
  readonly audit: AuditApi;
  readonly clashes: ClashQuestions;
  readonly client: ApiClient;
  readonly files: FilesApi;
  readonly groups: GroupsApi;
  readonly keys: KeysApi;
  readonly links: LinksApi;
  readonly listings: ListingCache;
  readonly notices: Notices;
  readonly people: PeopleApi;
  readonly queries: QueryClient;
  readonly spaces: SpacesApi;
  readonly trash: TrashCache;
  readonly uploads: PageUploads;
}

const RETRIES_MAX = 2;

export function openNetStore(): NetStore {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // The browser's own word on being offline is wrong too often, on loopback always.
        networkMode: 'always',
        retry: (failures, problem) => failures < RETRIES_MAX && problem instanceof ApiProblem && problem.isRetryable,
        staleTime: 2000,
      },
    },
  });
  const client = new ApiClient(openBrowserSession());
  const files = new FilesApi(client);
  const listings = new ListingCache(queries);
  const notices = new Notices();
  const clashes = new ClashQuestions();
  const uploads = new PageUploads({ client, files, listings, onTrouble: (message) => notices.trouble(message) });
  client.session.state.subscribe(() => {
    const session = client.session.state.get();
    if (session.kind !== 'signed-out') return;
    // Whoever signed out leaves nothing behind. Whoever's session expired finds uploads and folders again; only who it is, is asked anew.
    if (session.hasExpired) {
      queries.removeQueries({ queryKey: ['me'] });
      return;
    }
    clashes.clear();
    notices.clear();
    uploads.clear();
    queries.clear();
  });
  return {
    audit: new AuditApi(client),
    clashes,
    client,
    files,
    groups: new GroupsApi(client),
    keys: new KeysApi(client),
    links: new LinksApi(client),
    listings,
    notices,
    people: new PeopleApi(client),
    queries,
    spaces: new SpacesApi(client),
    trash: new TrashCache(queries),
    uploads,
  };
}

export const NetStoreContext = createContext<NetStore | undefined>(undefined);

export function useNetStore(): NetStore {
  const netStore = useContext(NetStoreContext);
  if (netStore === undefined) throw new Error('NetStoreContext is missing above this component');
  return netStore;
}
