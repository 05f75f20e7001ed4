import type { Preview } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';

/** A line of a preview; none where there is nothing to show. */
export const previewField = (label: string, value: string | undefined): Preview['fields'] =>
  value ? [{ label, value }] : [];

/** Whose account it is: as people here call it, and as the provider last called itself. */
export const accountFields = (label: string, identity: IdentityView | null): Preview['fields'] => [
  { label, value: identity?.name ?? '?' },
  ...previewField('Account', identity?.account ?? ''),
];
