/** The way to every space, to the trash and to the cluster, and who is signed in. */
import type { Me } from '@netstore/shared-types';
import { NavLink, useLocation } from 'react-router';
import { homeSpace } from '../../api/home-space.ts';
import { seesPeople } from '../../api/sees-people.ts';
import { useCluster } from '../../api/use-cluster.ts';
import { folderAddress, isTrashAddress, readFolderAddress, trashAddress } from '../../names/path.ts';
import { useNetStore } from '../../net-store.ts';
import { Brand } from '../brand.tsx';
import { clusterHealth } from '../cluster/cluster-health.ts';
import { Icon } from '../icon.tsx';

interface SidebarProps {
  readonly me: Me;
  /** Called when a way was chosen: the drawer of narrow screens closes then. */
  readonly onChosen?: () => void;
}

const CLUSTER_REFETCH_MS = 15_000;

export function Sidebar({ me, onChosen }: SidebarProps) {
  const { client } = useNetStore();
  // A failure to tell the server is no reason to stay signed in here.
  const signOut = (): void => void client.session.end().catch(() => undefined);
  return (
    <div className="sidebar">
      <div className="sidebar-brand">
        <Brand />
      </div>
      <nav className="sidebar-nav" aria-label="Spaces, trash and cluster">
        <h2 className="sidebar-heading">Spaces</h2>
        <ul>
          {sidebarSpaces(me).map((space) => (
            <li key={space.id}>
              <NavLink className="sidebar-link" to={folderAddress(space.name, '')} onClick={onChosen}>
                <Icon name={space.kind === 'home' ? 'home' : 'folder'} />
                <bdi className="sidebar-text">{space.name}</bdi>
                {space.role === 'viewer' && (
                  <span className="sidebar-extra" role="img" aria-label="read only" title="You may read this space">
                    <Icon name="eye" size={16} />
                  </span>
                )}
              </NavLink>
            </li>
          ))}
        </ul>
        <NavLink className="sidebar-link" to="/spaces" end onClick={onChosen}>
          <Icon name="spaces" />
          <span className="sidebar-text">All spaces</span>
        </NavLink>
        <NavLink className="sidebar-link" to="/links" onClick={onChosen}>
          <Icon name="link" />
          <span className="sidebar-text">Links</span>
        </NavLink>
        <TrashLink me={me} onChosen={onChosen} />
        <h2 className="sidebar-heading">System</h2>
        <NavLink className="sidebar-link" to="/cluster" onClick={onChosen}>
          <Icon name="cluster" />
          <span className="sidebar-text">Cluster</span>
          <ClusterDot />
        </NavLink>
        {seesPeople(me) && (
          <NavLink className="sidebar-link" to="/people" onClick={onChosen}>
            <Icon name="people" />
            <span className="sidebar-text">People</span>
          </NavLink>
        )}
        {seesPeople(me) && (
          <NavLink className="sidebar-link" to="/audit" onClick={onChosen}>
            <Icon name="audit" />
            <span className="sidebar-text">Audit</span>
          </NavLink>
        )}
      </nav>
      <div className="sidebar-foot">
        <NavLink className="sidebar-user sidebar-account" to="/account" title="Account" onClick={onChosen}>
          <span className="avatar" aria-hidden="true">
            {me.user.username.slice(0, 1).toUpperCase()}
          </span>
          <bdi className="sidebar-text">{me.user.username}</bdi>
          <span className="visually-hidden">(account)</span>
        </NavLink>
        <button type="button" className="icon-button" aria-label="Sign out" title="Sign out" onClick={signOut}>
          <Icon name="sign-out" />
        </button>
      </div>
    </div>
  );
}

/** One's own home first, then the others by name. */
function sidebarSpaces(me: Me): Me['spaces'] {
  const home = homeSpace(me);
  return me.spaces.toSorted((one, other) => Number(other === home) - Number(one === home));
}

/** To the trash of the space that is looked at, or of one's own. */
function TrashLink({ me, onChosen }: { readonly me: Me; readonly onChosen: (() => void) | undefined }) {
  const { pathname } = useLocation();
  const space = readFolderAddress(pathname)?.space ?? homeSpace(me)?.name;
  if (space === undefined) return null;
  return (
    <NavLink className="sidebar-link" to={isTrashAddress(pathname) ? pathname : trashAddress(space)} onClick={onChosen}>
      <Icon name="trash" />
      <span className="sidebar-text">Trash</span>
    </NavLink>
  );
}

function ClusterDot() {
  const query = useCluster(CLUSTER_REFETCH_MS);
  const { tone, title } = clusterHealth({ cluster: query.data, isCurrent: !query.isError });
  return <span className={`dot is-${tone}`} role="img" aria-label={title} title={title} />;
}
