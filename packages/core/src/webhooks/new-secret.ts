import { randomBytes } from 'node:crypto';
import { newId } from '../platform/ids.ts';
import { sealSecret, type KeyRing } from '../platform/secrets.ts';
import { webhookSecretAad } from './associated-data.ts';

/** A fresh signing secret, and its row for a webhook. Throws UNAVAILABLE without a key ring. */
export function newWebhookSecret(secrets: KeyRing, webhook: { id: string; workspace_id: string }) {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const id = newId();
  const sealed = sealSecret(secrets, { secret }, webhookSecretAad(id));
  return { secret, row: { id, webhook_id: webhook.id, workspace_id: webhook.workspace_id, secret: sealed } };
}
