import { Link } from 'react-router';
import { ancestorsOf, folderAddress, nameOf } from '../names/path.ts';
import { Icon } from './icon.tsx';

/** The way from the space down to the folder; every step is a link but the last. */
export function Breadcrumbs({ space, folder }: { readonly space: string; readonly folder: string }) {
  const steps = ['', ...ancestorsOf(folder)];
  return (
    <nav className="crumbs" aria-label="Folder">
      <ol>
        {steps.map((path, index) => {
          const name = path === '' ? space : nameOf(path);
          const isLast = index === steps.length - 1;
          return (
            <li key={path} className="crumb">
              {index > 0 && <Icon name="chevron-right" size={16} />}
              {isLast ? (
                <h1 className="crumb-here" aria-current="page">
                  <bdi>{name}</bdi>
                </h1>
              ) : (
                <Link className="crumb-link" to={folderAddress(space, path)}>
                  <bdi>{name}</bdi>
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
