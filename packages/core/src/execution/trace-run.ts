import { SpanKind, trace } from '@opentelemetry/api';
import type { ActionRow } from '../action/row.ts';
import { formatId } from '../platform/ids.ts';
import { inSpan, linksTo } from '../platform/tracing.ts';

const attributesOf = ({ id, type, workspace_id }: ActionRow) => ({
  'proviso.action.id': formatId('action', id),
  'proviso.action.type': type,
  'proviso.workspace.id': workspace_id,
});

/** The span of a run, from the claim to the recorded end. It links to the proposal. */
export const traceRun = (action: ActionRow, work: () => Promise<void>): Promise<void> =>
  inSpan(
    `process ${action.type}`,
    {
      kind: SpanKind.CONSUMER,
      links: linksTo(action.traceparent),
      attributes: {
        ...attributesOf(action),
        'messaging.system': 'proviso',
        'messaging.operation.type': 'process',
        'proviso.action.attempt': action.attempts,
      },
    },
    work,
  );

/** The span of an executor's work: what it asks of its provider. */
export const traceEffect = <T>(action: ActionRow, work: () => Promise<T>): Promise<T> =>
  inSpan(`execute ${action.type}`, { kind: SpanKind.CLIENT, attributes: attributesOf(action) }, work);

/** Adds to the span of the run how it ended. */
export const traceResult = ({ status, status_reason }: ActionRow): void => {
  trace
    .getActiveSpan()
    ?.setAttributes({ 'proviso.action.status': status, 'proviso.action.status_reason': status_reason ?? '' });
};
