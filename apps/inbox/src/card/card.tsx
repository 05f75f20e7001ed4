import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Action } from '@proviso/contracts';
import { identitiesQuery, riskRules, settingsQuery } from '../api/queries.ts';
import { distance, exactTime, nearTime } from '../format.ts';
import { RiskPill } from '../list/row.tsx';
import { own } from '../own.ts';
import { readable, readableJson } from '../readable.ts';
import { Readers } from '../together/readers.tsx';
import { useNow } from '../use-now.ts';
import { summaryOf } from '../waiting/preview-text.ts';
import { riskOf } from '../waiting/risk.ts';
import { words } from '../words.ts';
import { Body } from './body.tsx';
import { Field, PreviewFields, Value } from './fields.tsx';
import { uncovered } from './uncovered.ts';

/** What will happen if it is approved, as the executor drew it from what will run. */
export function Card({ action, children }: { action: Action; children?: React.ReactNode }) {
  const { type, preview, status_reason, redacted_at } = action;
  const isQuestion = type === 'escalate_to_human';
  const reason = status_reason ? words.reason[status_reason] : undefined;
  return (
    <>
      <CardHead action={action} />
      {reason && <Notice>{reason}</Notice>}
      {redacted_at && <Notice>{words.card.redacted(exactTime(redacted_at))}</Notice>}
      {preview?.warnings && <Warnings warnings={preview.warnings} />}
      {isQuestion && preview?.body && <Body body={preview.body} />}
      {children}
      <dl className="my-3 grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-5 gap-y-1">
        {!isQuestion && <ActsAs id={action.identity_id} />}
        {preview && <PreviewFields fields={preview.fields} />}
        {!isQuestion && <Runs action={action} />}
      </dl>
      {!isQuestion && preview?.body && <Body body={preview.body} />}
      <AgentsWords action={action} />
      <OtherFields action={action} />
      <Raw action={action} />
    </>
  );
}

export function CardHead({ action }: { action: Action }) {
  const now = useNow();
  const { type, created_by, action_id, created_at } = action;
  const title = summaryOf(action);
  return (
    <>
      <p className="text-muted flex flex-wrap gap-x-1.5 text-sm">
        <Link to="/" search={{ ...(action.agent_id && { agent: action.agent_id }) }} className="hover:underline">
          {readable(created_by.name)}
        </Link>
        <span aria-hidden="true">›</span>
        <Link to="/" search={{ type }} className="hover:underline">
          {words.typeOf(type)}
        </Link>
        <span aria-hidden="true">›</span>
        <Link to="/actions/$id" params={{ id: action_id }} className="hover:underline" title={action_id}>
          {action_id.slice(0, 8)}…{action_id.slice(-4)}
        </Link>
        <Readers action={action} />
        <time dateTime={created_at} title={exactTime(created_at)} className="ml-auto">
          {words.card.proposedBy(readable(created_by.name), distance(created_at, now))}
        </time>
      </p>
      <h2 className={`my-2 flex items-center gap-2 text-lg font-bold`}>
        {title} <RiskPill risk={riskOf(action, riskRules())} />
      </h2>
    </>
  );
}

export const Notice = ({ children }: { children: React.ReactNode }) => (
  <p className="bg-warn-soft text-warn my-2 rounded-md px-3 py-1.5 text-sm">
    <span aria-hidden="true">⚠ </span>
    {children}
  </p>
);

const Warnings = ({ warnings }: { warnings: string[] }) => (
  <ul className="bg-warn-soft text-warn my-2 rounded-md px-3 py-1.5 text-sm">
    {warnings.map((warning) => (
      <li key={warning}>
        <span aria-hidden="true">⚠ </span>
        {warning}
      </li>
    ))}
  </ul>
);

function ActsAs({ id }: { id: string | null }) {
  const { data: identities } = useQuery(identitiesQuery);
  const identity = identities?.find(({ identity_id }) => identity_id === id);
  if (!identity) return null;
  return (
    <Field label={words.card.actsAs}>
      {readable(identity.name)} <span className="text-muted">· {identity.provider}</span>
    </Field>
  );
}

function Runs({ action: { type, scheduled_time, expires_at } }: { action: Action }) {
  const { card } = words;
  const { data: settings } = useQuery(settingsQuery);
  const holdSeconds = (settings && own(settings.hold_seconds_by_type, type)) ?? settings?.hold_seconds ?? 0;
  return (
    <Field label={card.runs}>
      {scheduled_time
        ? card.runsAt(nearTime(scheduled_time))
        : holdSeconds > 0
          ? card.runsHeld(holdSeconds)
          : card.runsNow}
      {expires_at && ` · ${card.expires(nearTime(expires_at))}`}
    </Field>
  );
}

function AgentsWords({ action: { description, created_by } }: { action: Action }) {
  if (!description) return null;
  return (
    <blockquote className="border-line text-muted mt-3 border-l-3 pl-3 text-sm">
      <strong>{words.card.agentSays(readable(created_by.name))}</strong> ({words.card.unchecked}):{' '}
      <span className="whitespace-pre-wrap">“{readable(description)}”</span>
    </blockquote>
  );
}

function OtherFields({ action: { params, preview } }: { action: Action }) {
  const leaves = uncovered(params, preview);
  if (leaves.length === 0) return null;
  return (
    <section className="text-muted mt-3 text-sm">
      <h3 className="font-semibold" title={words.card.otherHelp}>
        {words.card.other}
      </h3>
      <dl
        className="mt-1 grid max-h-80 grid-cols-[minmax(6rem,auto)_1fr] gap-x-5 gap-y-0.5 overflow-y-auto"
        tabIndex={0}
      >
        {leaves.map(({ path, value }) => (
          <Field key={path} label={path}>
            <Value value={value} />
          </Field>
        ))}
      </dl>
    </section>
  );
}

const Raw = ({ action }: { action: Action }) => (
  <details className="text-muted mt-3 text-sm">
    <summary>{words.card.raw}</summary>
    <pre className="mt-1 font-mono text-xs whitespace-pre-wrap">{readableJson(action)}</pre>
  </details>
);
