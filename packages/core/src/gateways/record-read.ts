import type { JsonObject, GatewayRead } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import { hashJson } from '../platform/canonical.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { AgentGateway } from './open-for-agent.ts';

interface ReadRequest {
  identityId: string;
  method: 'tools/call' | 'resources/read' | 'prompts/get';
  name: string;
  given: JsonObject;
}

const MESSAGE_CHARS_MAX = 500;

/** Makes a read and records it, however it ends. It is never repeated. Undefined = `read` found that it may not. */
export async function recordRead<Result extends JsonObject | undefined>(
  ctx: Context,
  { id, workspace_id, agentId }: AgentGateway,
  { identityId, method, name, given }: ReadRequest,
  read: () => Promise<Result>,
): Promise<Result> {
  const beganAt = performance.now();
  const record = async (outcome: GatewayRead['outcome'], message: string | null): Promise<void> => {
    await ctx.db.tables.gateway_reads.create({
      data: {
        id: newId(),
        workspace_id,
        gateway_id: id,
        agent_id: agentId,
        identity_id: identityId,
        method,
        name: name.slice(0, MESSAGE_CHARS_MAX),
        arguments_hash: hashJson(given),
        outcome,
        message: message && message.slice(0, MESSAGE_CHARS_MAX),
        duration_ms: Math.round(performance.now() - beganAt),
      },
    });
  };
  let result: Result;
  try {
    result = await read();
  } catch (error) {
    await record('failed', error instanceof AppError ? error.message : 'It failed unexpectedly.');
    throw error;
  }
  if (result) await record(result.isError === true ? 'tool_error' : 'done', null);
  return result;
}
