/** Who did what, when and from where, refusals included: for admins and auditors, who change nothing here. */
import { useSearchParams } from 'react-router';
import { countOf, readFilter, writeFilter } from '../components/audit/audit-filter.ts';
import { AuditFilterForm } from '../components/audit/audit-filter-form.tsx';
import { AuditList } from '../components/audit/audit-list.tsx';
import { ExportButtons } from '../components/audit/export-buttons.tsx';
import { useAudit } from '../components/audit/use-audit.ts';
import { Page } from '../components/shell/page.tsx';

export function AuditPage() {
  const [parameters, setParameters] = useSearchParams();
  const filter = readFilter(parameters);
  const audit = useAudit(filter);
  const address = writeFilter(filter).toString();
  return (
    <Page name="Audit" beside={<ExportButtons />}>
      <div className="page-body">
        <AuditFilterForm
          shown={filter}
          onShow={(asked) => {
            const wanted = writeFilter(asked);
            if (wanted.toString() === address) audit.reload();
            else setParameters(wanted);
          }}
        />
        <AuditList audit={audit} isFiltered={countOf(filter) > 0} />
      </div>
    </Page>
  );
}
