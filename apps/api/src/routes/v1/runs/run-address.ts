import type { RunAddress } from '@proviso/core';

export const runAddress = ({
  run_id = '',
  contact_id = '',
  action_index = '',
}: Record<string, string>): RunAddress => ({
  runId: run_id,
  contactId: contact_id,
  actionIndex: action_index,
});
