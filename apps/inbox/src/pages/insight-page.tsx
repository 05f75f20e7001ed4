import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import type { Action } from '@proviso/contracts';
import { listActions, type ActionQuery } from '../api/actions.ts';
import { inWords } from '../api/client.ts';
import { insightOf, type Insight, type Share } from '../insight/insight.ts';
import { useCount } from '../shell/shell.tsx';
import { words } from '../words.ts';

const DaysChart = lazy(() => import('../insight/days-chart.tsx').then((module) => ({ default: module.DaysChart })));

const PAGES_MAX = 5;
const DECIDED = 'approved,scheduled,auto_approved,running,completed,failed,rejected';

async function readPages(query: ActionQuery): Promise<Action[]> {
  const actions: Action[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const reply = await listActions({ ...query, cursor });
    actions.push(...reply.actions);
    cursor = reply.pagination.next_cursor ?? undefined;
    if (cursor === undefined) break;
  }
  return actions;
}

const readLatest = async (): Promise<{ decided: Action[]; waiting: Action[] }> => ({
  decided: await readPages({ status: DECIDED, sort_by: 'updated_at' }),
  waiting: await readPages({ status: 'pending_approval', sort_dir: 'asc' }),
});

/** How deciding goes, from what was decided last and what has waited longest. */
export function InsightPage() {
  const { data, error, isPending } = useQuery({
    queryKey: ['actions', 'insight'],
    queryFn: readLatest,
    staleTime: 60_000,
  });
  if (isPending) return <p className="text-muted p-7">{words.list.loading}</p>;
  if (error)
    return (
      <p role="alert" className="text-risk p-7">
        {inWords(error)}
      </p>
    );
  const { decided, waiting } = data;
  const insight = insightOf([...decided, ...waiting], Date.now());
  const text = words.insight;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-7 py-4 max-md:px-4" tabIndex={0}>
      <div className="max-w-240">
        <h1 className="text-lg font-bold">{words.nav.insight}</h1>
        <p className="text-muted mb-5">{text.basis(decided.length, waiting.length)}</p>
        <Answer question={text.load}>
          <Suspense fallback={null}>
            {insight.days.length > 1 ? (
              <DaysChart days={insight.days} />
            ) : (
              <p>
                {insight.days.map(({ at, proposed, decided: ended }) => (
                  <span key={at}>{text.oneDay(proposed, ended)}</span>
                ))}
              </p>
            )}
          </Suspense>
        </Answer>
        <Answer question={text.age}>
          <Ages waiting={insight.waiting} />
        </Answer>
        <Answer question={text.quality}>
          <Shares shares={insight.shares} />
        </Answer>
        <Answer question={text.unknown}>
          <Unknown />
        </Answer>
      </div>
    </div>
  );
}

const Answer = ({ question, children }: { question: string; children: ReactNode }) => (
  <section className="mb-8">
    <h2 className="mb-2 text-base font-semibold">{question}</h2>
    {children}
  </section>
);

function Ages({ waiting }: Pick<Insight, 'waiting'>) {
  const most = Math.max(1, ...waiting.map(({ count }) => count));
  return (
    <dl className="grid grid-cols-[8rem_1fr] gap-y-1">
      {waiting.map(({ belowMs, count }, at) => (
        <div key={belowMs} className="contents">
          <dt className="text-muted">{words.insight.ages[at]}</dt>
          <dd className="flex items-center gap-2">
            <span
              aria-hidden="true"
              className={`h-3 rounded ${at === waiting.length - 1 ? 'bg-warn' : 'bg-accent'}`}
              style={{ width: `${(count / most) * 60}%` }}
            />
            {count.toLocaleString()}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Shares({ shares }: { shares: Share[] }) {
  const { columns } = words.insight;
  if (shares.length === 0) return <p className="text-muted">{words.insight.nothing}</p>;
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className="text-muted text-sm">
          <tr className="border-line border-b">
            {Object.values(columns).map((name) => (
              <th key={name} scope="col" className="py-1 pr-4 font-semibold">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shares.map(({ type, agentId, agent, decided, edited, rejected, byRule, medianMs, slowestMs }) => (
            <tr key={`${agentId} ${agent} ${type}`} className="border-line border-b">
              <td className="py-1.5 pr-4">
                <Link
                  to="/actions"
                  search={{ type, ...(agentId && { agent: agentId }) }}
                  className="text-accent hover:underline"
                >
                  {agent} · {words.typeOf(type)}
                </Link>
              </td>
              <td className="pr-4">{decided.toLocaleString()}</td>
              <td className="pr-4">{percent(edited, decided)}</td>
              <td className="pr-4">{percent(rejected, decided)}</td>
              <td className="pr-4">{percent(byRule, byRule + decided)}</td>
              <td className="pr-4">{span(medianMs)}</td>
              <td className="pr-4">{span(slowestMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Unknown() {
  const count = useCount('unknown') ?? 0;
  if (count === 0) return <p>{words.actions.noneUnknown}</p>;
  return (
    <Link to="/unknown" className="text-warn font-semibold underline">
      {words.insight.unknownCount(count)}
    </Link>
  );
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`);

function span(ms: number | null): string {
  if (ms === null) return '–';
  const seconds = ms / 1000;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
