import type { Provider } from '@proviso/contracts';
import type { Executor } from './executor.ts';
import type { McpConnector } from './mcp-connector.ts';
import type { ProviderKind } from './provider.ts';
import type { PushSender } from './push-sender.ts';
import type { ToolKind } from './tool.ts';
import type { WebhookSender } from './webhook-sender.ts';

/**
 * The executors of this process by type, the kinds of accounts that they act through, and how workspaces' tools run.
 */
export interface Registry {
  get(type: string): Executor | undefined;
  /** Sorted. */
  types(): string[];
  provider(name: Provider): ProviderKind | undefined;
  /** Absent: this process supports no workspace tools. */
  tools: ToolKind | undefined;
  /** Absent: this process serves no gateways. */
  mcp: McpConnector | undefined;
  /** Absent: this process has no webhooks. */
  webhooks: WebhookSender | undefined;
  /** Absent: this process sends no push messages. */
  push: PushSender | undefined;
}

export interface Registered {
  executors: readonly Executor[];
  providers?: readonly ProviderKind[];
  tools?: ToolKind;
  mcp?: McpConnector;
  webhooks?: WebhookSender;
  push?: PushSender;
}

/** Throws if two executors claim one type, or two kinds one provider: which of them ran would depend on their order. */
export function createRegistry({ executors, providers = [], tools, mcp, webhooks, push }: Registered): Registry {
  const byType = new Map<string, Executor>();
  for (const executor of executors) {
    if (byType.has(executor.type)) throw new Error(`Two executors are registered for the type ${executor.type}.`);
    byType.set(executor.type, executor);
  }
  const byName = new Map<Provider, ProviderKind>();
  for (const kind of providers) {
    if (byName.has(kind.provider)) throw new Error(`Two definitions are registered for the provider ${kind.provider}.`);
    byName.set(kind.provider, kind);
  }
  const types = [...byType.keys()].toSorted();
  return {
    get: (type) => byType.get(type),
    types: () => [...types],
    provider: (name) => byName.get(name),
    tools,
    mcp,
    webhooks,
    push,
  };
}
