/** One's own links, and, of a space, those of everybody for who manages it. */
import type { Me, ShareLink } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField } from '../components/choice-field.tsx';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { LinkList } from '../components/shares/link-list.tsx';
import { Page } from '../components/shell/page.tsx';
import { useNetStore } from '../net-store.ts';

export function LinksPage({ me }: { readonly me: Me }) {
  const { links } = useNetStore();
  const [space, setSpace] = useState('');
  const { data, error, refetch } = useQuery({
    queryKey: space === '' ? ['own-links'] : ['links', space],
    queryFn: ({ signal }) => (space === '' ? links.own(signal) : links.inSpace(space, signal)),
  });
  const managed = me.spaces.filter(({ role }) => role === 'manager').map(({ name }) => ({ value: name, words: `All in ${name}` }));
  const end = (link: ShareLink): Promise<void> => (space === '' ? links.endOwn(link) : links.endInSpace(link));
  return (
    <Page name="Links">
      <div className="page-body">
        <div className="people-search">
          <ChoiceField label="Show" value={space} choices={[{ value: '', words: 'My links' }, ...managed]} onChange={setSpace} />
        </div>
        {data === undefined && error === null && <ListSkeleton />}
        {data === undefined && error !== null && (
          <ProblemNote title="The links could not be loaded" problem={error} onRetry={() => void refetch()} />
        )}
        {data?.length === 0 && <p className="people-none">Nothing is shared by a link. Choose Share in the menu of a file or folder.</p>}
        {data !== undefined && data.length > 0 && (
          <LinkList links={data} end={end} onEnded={() => void refetch()} showsMaker={space !== ''} />
        )}
      </div>
    </Page>
  );
}
