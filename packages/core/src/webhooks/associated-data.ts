/** Binds a webhook's sealed signing secret to its row: moved to another one, it does not open. */
export const webhookSecretAad = (id: string): string => `webhook_secrets.secret:${id}`;
