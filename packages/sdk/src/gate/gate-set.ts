import type { RenderPreview, Gate } from './propose.ts';
import type { Access } from './tool.ts';

/** One gate for a framework's tools. */
export interface GateSet extends Gate {
  /** By name; a tool that is not named is a write. */
  access?: Readonly<Record<string, Access>> | undefined;
  /** By name. */
  previews?: Readonly<Record<string, RenderPreview>> | undefined;
}

export const isRead = ({ access = {} }: GateSet, name: string): boolean =>
  Object.hasOwn(access, name) && access[name] === 'read';

export const previewFor = ({ previews = {} }: GateSet, name: string): RenderPreview | undefined =>
  Object.hasOwn(previews, name) ? previews[name] : undefined;

/** Tells the model that the tool does not act at once. */
export const describeGated = (description: string | undefined): string =>
  `${description ? `${description}\n` : ''}A person approves each call. While it is queued it has not run; do not repeat it.`;
