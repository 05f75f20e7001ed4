// Compares what clients were told with the log.
import { PENDING_STATUS_OF } from '@proviso/contracts';
import { sameJson, type ActionEvent, type ActionRow } from '@proviso/core';
import type { BatchRecord, ClientRecord, Evidence, Told } from './evidence.ts';

/** The log of the client's own workspace contains what the client was told of an action. */
export function matchesLog(record: ClientRecord, { events }: Evidence, rows: Map<string, ActionRow>): string[] | null {
  const { action, told, verb, workspace } = record;
  if (!told || action === null) return null;
  const row = rows.get(action);
  if (!row) return [`a client was told of ${verb}, and there is no such action`];
  if (row.workspace_id !== workspace) return [`a client of another workspace was told of ${verb}`];
  if (events.get(action)?.some((event) => isSo(told, event))) return [];
  const version = told.version === null ? '' : ` at version ${told.version}`;
  return [`a client was told that ${verb} made it ${'shown' in told ? told.shown : told.status}${version}`];
}

function isSo(told: Told, { version, status, event, data }: ActionEvent): boolean {
  if (!('shown' in told)) return status === told.status && (told.version === null || told.version === version);
  if (told.hash !== undefined) return event === 'action.approved' && data.params_hash === told.hash;
  return PENDING_STATUS_OF[status] === told.shown;
}

/** A batch decided as many items as it said. Items with unique edits prove who decided them. */
export function matchesBatchCount({ request, items, told }: BatchRecord, { events }: Evidence): string[] | null {
  if (!told) return null;
  const stands = ({ action, verb, sent: { edits } }: ClientRecord): boolean =>
    (events.get(action ?? '') ?? []).some(({ event, data }) =>
      verb === 'reject'
        ? event === 'action.rejected'
        : event === 'action.approved' && (!edits || sameJson(edits, data.edits)),
    );
  const decided = items.filter(stands);
  const rejected = decided.filter(({ verb }) => verb === 'reject').length;
  const approved = decided.length - rejected;
  const edited = decided.filter(({ sent }) => sent.edits).length;
  const says = `batch ${request} counted ${told.approved} approved and ${told.rejected} rejected`;
  if (approved < told.approved || rejected < told.rejected)
    return [`${says}, and ${approved} and ${rejected} of its items are`];
  return edited > told.approved ? [`${says}, and ${edited} stand with its edits`] : [];
}
