-- What is due, by what may hold it back as a whole: a claim takes turns among workspaces, and one look passes over all
-- rows of a paused agent or of a type that has no free slot.
CREATE INDEX "actions_due_groups" ON "actions" (workspace_id, type, coalesce(agent_id, '00000000-0000-0000-0000-000000000000'::uuid), direct, due_at, id)
  WHERE status IN ('scheduled', 'approved', 'auto_approved');
