import { linkedinConfig, type JsonObject, type Preview } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import { referencedFields } from '../referenced-records.ts';
import { previewField } from '../preview-field.ts';
import { slugOf, type LinkedinParams } from './params.ts';

const FREE_CHARS_MAX = 200;

export function previewInvitation(
  invitation: LinkedinParams,
  identity: IdentityView | null,
  current?: JsonObject,
): Preview {
  const { linkedin_url, message, contact_id } = invitation;
  const slug = slugOf(linkedin_url) ?? linkedin_url;
  const config = linkedinConfig.safeParse(identity?.config ?? {}).data;
  const sender =
    config?.mode === 'unipile'
      ? `Unipile at ${config.dsn}, from the account ${config.account_id}`
      : 'a person: this only makes a task';
  const warnings = warningsFor(slug, message ?? '', config?.premium ?? false);
  return {
    title: `LinkedIn invitation to ${slug}`,
    fields: [
      { label: 'Profile', value: linkedin_url },
      { label: 'Sent by', value: sender },
      ...previewField('Account', identity?.account ?? ''),
      ...referencedFields({ contact_id }, current),
    ],
    ...(message !== undefined && { body: { text: message } }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function warningsFor(slug: string, message: string, premium: boolean): string[] {
  const warnings: string[] = [];
  if (message.length > FREE_CHARS_MAX && !premium)
    warnings.push(`The note has ${message.length} characters; a free LinkedIn account may send ${FREE_CHARS_MAX}.`);
  if (/[^\p{ASCII}]/u.test(slug)) warnings.push('The profile’s name has letters that may imitate others.');
  return warnings;
}
