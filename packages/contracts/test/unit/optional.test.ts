import { z } from 'zod';
import {
  createActionBody,
  createContactBody,
  createPendingActionBody,
  strictFields,
  updateActionBody,
} from '../../src/index.ts';

describe('null', () => {
  const shape = strictFields({
    needed: z.string(),
    note: z.string().optional(),
    until: z.string().nullable().optional(),
  });

  it('for an optional field is the same as leaving it out, as in replies', () => {
    expect(shape.parse({ needed: 'x', note: null })).toEqual({ needed: 'x' });
    const created = {
      type: 't',
      params: {},
      identity_id: 'i',
      scheduled_time: null,
      metadata: null,
      direct: null,
      run_id: null,
    };
    expect(createActionBody.parse(created)).toEqual({ type: 't', params: {}, identity_id: 'i' });
    expect(createContactBody.parse({ email: 'a@b.example', company_id: null })).toEqual({ email: 'a@b.example' });
    const workspaceId = '550e8400-e29b-41d4-a716-446655440000';
    const proposed = { workspace_id: workspaceId, toolName: 't', toolInput: {}, missionId: null, session_id: null };
    expect(createPendingActionBody.parse(proposed)).toEqual({ workspaceId, toolName: 't', toolInput: {} });
  });

  it('keeps its meaning where it has one', () => {
    expect(shape.parse({ needed: 'x', until: null })).toEqual({ needed: 'x', until: null });
    expect(updateActionBody.parse({ scheduled_time: null })).toEqual({ scheduled_time: null });
  });

  it.each([{ needed: null }, { needed: 'x', unknown: null }, null, []])('is refused elsewhere: %j', (body) => {
    expect(shape.safeParse(body).success).toBe(false);
  });
});
