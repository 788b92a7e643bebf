import { Link } from 'react-router';
import { useTitle } from '../components/use-title.ts';

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <div className="page">
      <div className="note">
        <h1 className="note-title">Nothing is here</h1>
        <p className="note-text">The address names no page, or a space that is not open to you.</p>
        <Link className="button" to="/">
          To your files
        </Link>
      </div>
    </div>
  );
}
