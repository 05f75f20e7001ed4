import type { Preview } from '@proviso/contracts';
import { defineExecutor, givenLabel, refused, retry, type Executor, type IdentityView } from '@proviso/core/executor';
import { hubspotConfigOf, openHubspot } from './hubspot/client.ts';
import { syncParams, type SyncParams } from './hubspot/params.ts';
import { pushAll } from './hubspot/push.ts';
import { guardSync, resolveSync } from './hubspot/resolve.ts';
import { inputs, told } from './summary-text.ts';
import { accountFields, previewField } from './preview-field.ts';
import type { ExecutorSettings } from './settings.ts';

export const syncToCrm = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<SyncParams>({
    type: 'sync_to_crm',
    version: 1,
    delivery: 'idempotent',
    // Address and domain do not expire as keys; but a day later, a repetition may undo what others changed since.
    keyLifetimeMs: 24 * 3_600_000,
    identity: 'hubspot',
    params: syncParams,
    resolvesFrom: ['contact_id', 'company_id', 'properties'],
    resolvedFields: ['contact', 'company'],
    resolve: resolveSync,
    preview: (sync, { identity }) => previewSync(sync, identity),
    summary: ({ contact, company }) =>
      told(
        `Sync ${[contact?.email, company?.domain].filter(Boolean).join(' and ') || '?'} to HubSpot`,
        [contact, company]
          .map((record) => inputs(record?.properties ?? {}))
          .filter(Boolean)
          .join(', '),
      ),
    guard: guardSync,

    async execute({ action: { params }, identity, credentials, signal, begin }) {
      if (signal.aborted) return retry('Stopped before sending.', { undone: true });
      const hubspot = openHubspot(credentials, signal, settings);
      if (!hubspot) return refused('The HubSpot identity has no valid token.');
      await begin();
      return pushAll(hubspot, params, hubspotConfigOf(identity?.config).company_key ?? 'domain');
    },
  });

function previewSync({ contact, company, associate }: SyncParams, identity: IdentityView | null): Preview {
  const properties = (of: string, pushed: Record<string, string> = {}): Preview['fields'] =>
    Object.entries(pushed).map(([name, value]) => ({ label: givenLabel(of, name), value }));
  const leftOut = (of: string, left: Record<string, string> = {}): Preview['fields'] =>
    Object.keys(left).length > 0 ? [{ label: `${of} not sent`, value: left }] : [];
  return {
    title: `Sync ${[contact?.email, company?.domain].filter(Boolean).join(' and ') || '?'} to HubSpot`,
    fields: [
      ...accountFields('In', identity),
      ...previewField('Contact', contact?.email),
      ...previewField('Contact is found by', contact && 'email'),
      ...properties('contact', contact?.properties),
      ...leftOut('Contact', contact?.left_out),
      ...previewField('Company', company?.domain),
      ...previewField('Company is found by', company && (hubspotConfigOf(identity?.config).company_key ?? 'domain')),
      ...properties('company', company?.properties),
      ...leftOut('Company', company?.left_out),
      ...(associate ? [{ label: 'Associated', value: 'The contact with the company' }] : []),
    ],
    warnings: ['What HubSpot has under these properties is replaced; what is missing there is created.'],
  };
}
