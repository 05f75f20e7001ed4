-- For /metrics: what waits for a person, by type and age, and what has an unknown outcome, in every workspace together.
CREATE INDEX "actions_waiting" ON "actions" (type, asked_at) WHERE status = 'pending_approval';
CREATE INDEX "actions_unknown" ON "actions" (completed_at) WHERE status = 'failed' AND status_reason = 'outcome_unknown';
