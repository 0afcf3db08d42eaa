import type { Json } from '../journal/events.ts';
import type { Report } from './report-schema.ts';
import { Table, Went } from './table.tsx';

const ROWS_SHOWN = 20;

/** Whether the recovered data is consistent. */
export const DataChecks = ({ dataChecks }: { dataChecks: Report['dataChecks'] }) => (
  <section aria-labelledby="data-checks">
    <h2 id="data-checks">Data checks</h2>
    {dataChecks.length === 0 ? (
      <p class="quiet">No data check was made.</p>
    ) : (
      <Table
        caption={counted(dataChecks)}
        rows={[...dataChecks].sort((a, b) => rank(a.ok) - rank(b.ok))}
        columns={[
          { title: 'Check', cell: ({ title }) => title },
          { title: 'Instance', cell: ({ instance }) => <code>{instance}</code> },
          {
            title: 'Result',
            cell: ({ ok }) => (ok === null ? 'not made' : <Went ok={ok}>{ok ? 'passed' : 'failed'}</Went>),
          },
          {
            title: 'Detail',
            cell: ({ detail, rows }) => (
              <>
                {detail}
                {rowsInWords(rows).map((row) => (
                  <div class="quiet">{row}</div>
                ))}
              </>
            ),
          },
        ]}
      />
    )}
  </section>
);

/** What was not made has not passed. */
function counted(dataChecks: Report['dataChecks']): string {
  const of = (wanted: boolean | null) => dataChecks.filter(({ ok }) => ok === wanted).length;
  return `${of(true)} of ${dataChecks.length} passed${of(null) === 0 ? '' : `, ${of(null)} not made`}.`;
}

/** What failed comes first, then what was not made. */
const rank = (ok: boolean | null): number => (ok === false ? 0 : ok === null ? 1 : 2);

/** What was verified in the end, and by what the failure was detected. */
export function Checks({ checks }: { checks: Report['checks'] }) {
  const verification = checks.filter(({ layer }) => layer === 'verification');
  const detection = checks.filter(({ layer }) => layer !== 'verification');
  return (
    <>
      <section aria-labelledby="checks">
        <h2 id="checks">Verification checks</h2>
        {verification.length === 0 ? (
          <p class="quiet">No check was made.</p>
        ) : (
          <Table
            caption="As each stood at its last look."
            rows={verification}
            columns={[
              { title: 'Check', cell: ({ check }) => check },
              { title: 'Looks', isNumber: true, cell: looksOf },
              { title: 'Result', cell: ({ ok }) => <Went ok={ok}>{ok ? 'passed' : 'failed'}</Went> },
              { title: 'Detail', cell: ({ detail }) => detail },
            ]}
          />
        )}
      </section>
      {detection.length > 0 && (
        <section aria-labelledby="detection">
          <h2 id="detection">Failure detected by</h2>
          <Table
            caption="A detection check that fails has seen the failure."
            rows={detection}
            columns={[
              { title: 'Check', cell: ({ check }) => check },
              { title: 'Layer', cell: ({ layer, critical }) => `${layer}${critical ? ', critical' : ''}` },
              { title: 'Looks', isNumber: true, cell: looksOf },
              { title: 'Last', cell: ({ ok }) => (ok ? 'well' : 'failing') },
              { title: 'Detail', cell: ({ detail }) => detail },
            ]}
          />
        </section>
      )}
    </>
  );
}

const looksOf = ({ looks, failed }: Report['checks'][number]): string => `${looks}, ${failed} failed`;

/** The rows that a check tells of, the first of them where there are many: one a line. */
function rowsInWords(rows: Json[]): string[] {
  const more = rows.length - ROWS_SHOWN;
  return [...rows.slice(0, ROWS_SHOWN).map(rowInWords), ...(more > 0 ? [`and ${more} more`] : [])];
}

const rowInWords = (row: Json): string =>
  isRecord(row)
    ? Object.entries(row)
        .map(([name, value]) => `${name} ${inText(value)}`)
        .join(', ')
    : inText(row);

const isRecord = (row: Json): row is Record<string, Json> =>
  typeof row === 'object' && row !== null && !Array.isArray(row);

const inText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
