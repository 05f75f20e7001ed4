import type { JsonObject } from '@proviso/contracts';
import type { z } from 'zod';
import type { Executor } from './executor.ts';

/** A workspace's tool, as `ToolKind.executorOf` needs it. */
export interface ToolDefinition {
  name: string;
  version: number;
  url: string;
  idempotent: boolean;
  /** By its registered schema; parse it asynchronously. */
  params: z.ZodType<JsonObject>;
  /** The parts of that schema that are not checked, in words. */
  untested: () => Promise<string[]>;
}

/** How workspaces' tools run: one kind for all of them. */
export interface ToolKind {
  /**
   * Increase it when a call with the same params would be different for the provider: it is part of what is approved.
   */
  version: number;
  /** Why no call may go to an address; undefined = it may. */
  addressFault(url: URL): string | undefined;
  /** The run gets the tool's secret as `credentials`: { secret }. */
  executorOf(tool: ToolDefinition): Executor;
}

/** The version of the workspace's tool behind an executor; null = it is built in. */
export const toolVersionOf = ({ tool }: Executor): number | null => tool?.version ?? null;
