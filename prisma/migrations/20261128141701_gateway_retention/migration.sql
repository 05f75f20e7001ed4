-- CreateIndex
CREATE INDEX "gateway_calls_updated_at_idx" ON "gateway_calls"("updated_at");

-- CreateIndex
CREATE INDEX "gateway_reads_created_at_idx" ON "gateway_reads"("created_at");
