import type { Provider } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import type { MailResult, ServiceMail } from '../executors/provider.ts';
import { findIdentity } from '../identities/find.ts';
import { openCredentials } from '../identities/open-credentials.ts';
import { newId } from '../platform/ids.ts';
import { claimMail, returnClaim, type ClaimedMail } from './claim.ts';
import { composeNotification } from './compose.ts';
import { waitingFor } from './waiting-for.ts';

const SEND_MS = 30_000;

/**
 * Sends the next mail about what waits. Returns how many were due: 0 or 1, also if nothing waited and none was sent. A
 * mail whose outcome is uncertain is not sent again.
 */
export async function sendDueNotification(services: Services): Promise<number> {
  if (!services.epoch.mayDispatch()) return 0; // a copy of the database must not send
  const claimed = await claimMail(services.db);
  if (!claimed) return 0;
  const { workspace_id: workspaceId, user_id: userId, minutes } = claimed;
  const waiting = await waitingFor(services, { workspaceId, userId, minutes });
  if (waiting.total === 0) return 1;
  const result = await send(services, claimed, composeNotification(claimed, waiting, newId()));
  if (result.ok) return 1;
  const { identity_id: identity, kind } = claimed;
  services.log.warn({ identity, kind, unsent: result.unsent, reason: result.message }, 'a notification was not sent');
  if (result.unsent) await returnClaim(services.db, claimed);
  return 1;
}

async function send(services: Services, claimed: ClaimedMail, mail: ServiceMail): Promise<MailResult> {
  const unsent = (message: string): MailResult => ({ ok: false, unsent: true, message });
  const row = await findIdentity(services.db, claimed.workspace_id, claimed.identity_id);
  const kind = services.executors.provider(row?.provider as Provider);
  if (!row || !kind?.sendMail) return unsent('This worker cannot send mail through the identity.');
  const opened = await openCredentials(services, row.id).catch(() => undefined);
  if (opened === undefined) return unsent('This worker cannot decrypt the credentials.');
  const config = kind.config.safeParse(row.config);
  const credentials = opened && kind.credentials?.safeParse(opened);
  if (!config.success || credentials?.success === false) return unsent('The identity has no valid configuration.');
  const account = { config: config.data, credentials: credentials?.data ?? null, signal: AbortSignal.timeout(SEND_MS) };
  return kind.sendMail(account, mail).catch((): MailResult => ({
    ok: false,
    unsent: false,
    message: 'Sending failed unexpectedly.',
  }));
}
