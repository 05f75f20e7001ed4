import type { Preview } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';

/** A field of a preview; none if there is nothing to show. */
export const previewField = (label: string, value: string | undefined): Preview['fields'] =>
  value ? [{ label, value }] : [];

/** The account: its name here, and the name that the provider last gave. */
export const accountFields = (label: string, identity: IdentityView | null): Preview['fields'] => [
  { label, value: identity?.name ?? '?' },
  ...previewField('Account', identity?.account ?? ''),
];
