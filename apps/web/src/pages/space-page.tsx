/** Which folder of which space an address leads to. */
import type { Me } from '@netstore/shared-types';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useMe } from '../api/use-me.ts';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { readFolderAddress } from '../names/path.ts';
import { FolderPage } from './folder-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';

export function SpacePage({ me }: { readonly me: Me }) {
  const location = readFolderAddress(useLocation().pathname);
  if (location === undefined) return <NotFoundPage />;
  const space = me.spaces.find(({ name }) => name === location.space);
  if (space === undefined) return <UnknownSpace key={location.space} />;
  return <FolderPage key={`${location.space}/${location.folder}`} space={space} folder={location.folder} roles={me.roles} />;
}

/** A space may have been shared a moment ago: who asks for one that is not known is asked about once more. */
function UnknownSpace() {
  const { refetch } = useMe();
  const [isAsked, setIsAsked] = useState(false);
  useEffect(() => {
    void refetch().then(() => setIsAsked(true));
  }, [refetch]);
  return isAsked ? <NotFoundPage /> : <ListSkeleton />;
}
