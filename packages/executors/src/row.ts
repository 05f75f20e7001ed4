import type { Preview } from '@proviso/contracts';

/** A line of a card; none where there is nothing to show. */
export const row = (label: string, value: string): Preview['fields'] => (value ? [{ label, value }] : []);
