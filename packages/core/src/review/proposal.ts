// Turns the input into what people approve: validated, resolved, rendered. Create, update and edit all use it.
import type { JsonObject, Provider } from '@proviso/contracts';
import { sameJson } from '../platform/canonical.ts';
import { assertNoTransaction } from '../platform/db.ts';
import type { Context } from '../access/context.ts';
import { AppError, detailsOf, invalid, refusalOf } from '../platform/errors.ts';
import type { Executor, LookupContext, IdentityView } from '../executors/executor.ts';
import { findIdentity } from '../identities/find.ts';
import { openCredentials } from '../identities/open-credentials.ts';
import { parseId } from '../platform/ids.ts';
import { recordsOf } from '../crm/records.ts';
import { assertCallContext, callContextOf, type CallContext } from '../schema/reserved-fields.ts';
import { renderPreview, renderIncompletePreview, type RenderedPreview } from '../executors/render-preview.ts';
import type { ActionRow } from '../action/row.ts';
import { assertToolNotDenied } from './assert-tool-not-denied.ts';

export interface Proposal {
  params: JsonObject;
  /** The part of the params that the executor filled in. */
  resolved: JsonObject;
  rendered: RenderedPreview;
  /** Null: the type needs none, and none was named. */
  identity: (IdentityView & { version: number }) | null;
  contactId: string | null;
  companyId: string | null;
  /** What could not be looked up because the provider is away. It must be looked up before anybody approves. */
  notLookedUp?: string;
}

/** What an executor may look up before a run. */
export const lookupContext = (ctx: Context, identity: IdentityView | null): LookupContext => ({
  workspaceId: ctx.caller.workspaceId,
  records: recordsOf(ctx.db, ctx.caller.workspaceId),
  identity,
  openCredentials: async () => identity && openCredentials(ctx, identity.id),
});

/** The given params, without what the executor filled in. */
export const givenParams = ({ params, resolved }: Pick<ActionRow, 'params' | 'resolved'>): JsonObject =>
  omit(params, Object.keys(resolved));

const omit = (from: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

const pick = (from: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));

/**
 * The identity to act as: in the workspace, active, and of the executor's provider; null if it needs none and none is
 * named. Throws INVALID at identity_id.
 */
export async function identityFor(
  ctx: Context,
  executor: Pick<Executor, 'identity' | 'type'>,
  id: string | null,
): Promise<Proposal['identity']> {
  if (id === null && executor.identity === 'none') return null;
  const uuid = parseId('identity', id ?? '');
  const row = uuid && (await findIdentity(ctx.db, ctx.caller.workspaceId, uuid));
  if (!row || row.deleted_at) throw invalid('identity_id', 'is not an identity in this workspace');
  if (row.status === 'disabled') throw invalid('identity_id', 'is disabled');
  if (executor.identity !== 'none' && executor.identity !== row.provider)
    throw invalid('identity_id', `is a ${row.provider} identity, but ${executor.type} needs ${executor.identity}`);
  return {
    id: row.id,
    provider: row.provider as Provider,
    name: row.name,
    config: row.config as JsonObject,
    account: row.account,
    version: row.config_version,
  };
}

/** A proposal cannot contain params that only a reviewer's edits set. Throws INVALID at each such field. */
export function refuseReviewerFields({ reviewerFields = [] }: Executor, given: JsonObject): void {
  refuseFields(reviewerFields, given, 'is set by a reviewer, as an edit: leave it out');
}

function refuseFields(fields: readonly string[], given: JsonObject, message: string): void {
  const details = fields.filter((field) => field in given).map((field) => ({ path: `params.${field}`, message }));
  if (details.length > 0)
    throw new AppError('INVALID', `${details.map(({ path }) => `${path}: ${message}`).join('; ')}.`, details);
}

/** A question waits for a person, not for a time. Throws INVALID. */
export function refuseTimes(
  { alwaysAsks, type }: Executor,
  times: { direct?: unknown; scheduled_time?: unknown },
): void {
  if (!alwaysAsks) return;
  for (const field of ['direct', 'scheduled_time'] as const)
    if (times[field]) throw invalid(field, `does not apply to ${type}, which always waits for a person: leave it out`);
}

/** Parses params by the executor's schema. Throws INVALID with paths below params. */
export async function parseParams(executor: Executor, given: JsonObject): Promise<JsonObject> {
  const parsed = await executor.params.safeParseAsync(given);
  if (parsed.success) return parsed.data;
  throw refusalOf(
    'INVALID',
    detailsOf(parsed.error).map(({ path, message }) => ({ path: path ? `params.${path}` : 'params', message })),
  );
}

interface Draft {
  executor: Executor;
  given: JsonObject;
  /** Fields that an earlier resolution filled in and that are still valid. */
  stillValid?: JsonObject;
  identity: Proposal['identity'];
  callContext: CallContext;
  /** Accepts a proposal without the look-ups of a provider that is away; otherwise that is UNAVAILABLE. */
  mayLackLookUp?: boolean;
}

/**
 * Validates params, fills in what is missing and renders the preview. Throws INVALID with paths below params, and
 * UNAVAILABLE.
 */
export async function prepareProposal(
  ctx: Context,
  { executor, given, stillValid = {}, identity, callContext, mayLackLookUp = false }: Draft,
): Promise<Proposal> {
  refuseFields(executor.resolvedFields ?? [], given, 'is looked up by the service: leave it out');
  if (executor.tool) assertCallContext(given, callContext);
  const parsed = await parseParams(executor, { ...stillValid, ...given });
  if (executor.type === 'mcp_tool_call' && identity) await assertToolNotDenied(ctx, identity.id, parsed.tool);
  const lookup = lookupContext(ctx, identity);
  let notLookedUp: string | undefined;
  const ask = async <T>(asking: () => Promise<T>, otherwise: (why: string) => T): Promise<T> => {
    try {
      if (notLookedUp === undefined) return await asking();
    } catch (error) {
      if (!mayLackLookUp || !(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
      notLookedUp = error.message;
    }
    return otherwise(notLookedUp);
  };
  if (executor.resolve) assertNoTransaction(`The provider of ${executor.type}`);
  const found = await ask(
    async () => ((await executor.resolve?.(parsed, lookup)) ?? {}) as JsonObject,
    () => ({}),
  );
  const params = await parseParams(executor, { ...parsed, ...found });
  const idIn = (kind: 'contact' | 'company'): string | null => {
    const value = params[`${kind}_id`];
    return typeof value === 'string' ? (parseId(kind, value) ?? null) : null;
  };
  const rendered = await ask<RenderedPreview>(
    () => renderPreview(executor, params, lookup),
    (why) => renderIncompletePreview(executor, params, { identity, why }),
  );
  return {
    params,
    resolved: { ...omit(stillValid, Object.keys(given)), ...found },
    rendered,
    identity,
    contactId: idIn('contact'),
    companyId: idIn('company'),
    ...(notLookedUp !== undefined && { notLookedUp }),
  };
}

/** Null for each param that still says what the edits changed. */
function nullRestated({ restatedIn = {} }: Executor, params: JsonObject, edits: JsonObject): JsonObject {
  const fields = Object.entries(edits)
    .filter(([field, value]) => value !== null && !sameJson(value, params[field] ?? null))
    .flatMap(([field]) => restatedIn[field] ?? []);
  return Object.fromEntries(fields.filter((field) => params[field] !== undefined).map((field) => [field, null]));
}

/** The fields that edits set to null where the tool's schema takes no null: they are left out. It names one at a time. */
async function nullsRefused(executor: Executor, params: JsonObject, edits: JsonObject): Promise<string[]> {
  const removed: string[] = [];
  for (;;) {
    const { error } = await executor.params.safeParseAsync(omit(params, removed));
    const field = error?.issues.map(({ path: [name] }) => String(name)).find((name) => edits[name] === null);
    if (field === undefined || removed.includes(field)) return removed;
    removed.push(field);
  }
}

/**
 * Applies a reviewer's edits to a proposal: shallow-merged, validated and resolved. Fields that the executor filled in
 * stay as the reviewer saw them, unless the edits change what they depend on. `params` merged with `edits` is what
 * runs; `removed` are the fields that both lack because the edits left them out.
 */
export async function prepareEdits(
  ctx: Context,
  executor: Executor,
  row: ActionRow,
  requested: JsonObject,
): Promise<Proposal & { edits: JsonObject; removed: string[] }> {
  const all = { ...nullRestated(executor, row.params, requested), ...requested };
  const hasNull = Object.values(all).includes(null);
  const removed = executor.tool && hasNull ? await nullsRefused(executor, { ...row.params, ...all }, all) : [];
  const edits = omit(all, removed);
  const moved = (executor.resolvesFrom ?? []).some((key) => key in edits && edits[key] !== row.params[key]);
  const proposal = await prepareProposal(ctx, {
    executor,
    given: { ...omit(givenParams(row), removed), ...edits },
    stillValid: moved ? {} : row.resolved,
    identity: await identityFor(ctx, executor, row.identity_id),
    callContext: callContextOf(row),
  });
  const edited = Object.keys(edits);
  return {
    ...proposal,
    removed,
    params: { ...omit(proposal.params, edited), ...pick(row.params, edited) },
    resolved: omit(proposal.resolved, edited),
    // An edit that removes a field stays null, which the merge applies to the proposal.
    edits: Object.fromEntries(edited.map((key) => [key, proposal.params[key] ?? null])),
  };
}
