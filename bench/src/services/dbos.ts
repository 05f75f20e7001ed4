// An approval as DBOS's documents write it (docs.dbos.dev, "Workflow communication"): a workflow waits in `recv` for the
// message that an Express route sends, then runs a step.
import { DBOS } from '@dbos-inc/dbos-sdk';
import express from 'express';
import { resultOf, type Params } from '../params.ts';

const WAIT_SECONDS = 3_600;

async function act(params: Params): Promise<{ ok: true; to: string }> {
  const decision = await DBOS.recv<string>('decision', WAIT_SECONDS);
  if (decision !== 'approve') throw new Error('The action was not approved.');
  return DBOS.runStep(() => Promise.resolve(resultOf(params)), { name: 'perform' });
}

const workflow = DBOS.registerWorkflow(act, { name: 'act' });
const { BENCH_DATABASE_URL = '', PORT = '' } = process.env;
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: BENCH_DATABASE_URL, logLevel: 'error' });
await DBOS.launch();

const app = express();
app.use(express.json());
app.get('/ready', (_, reply) => void reply.end());
app.post('/actions', async (request, reply) => {
  const { workflowID } = await DBOS.startWorkflow(workflow)(request.body as Params);
  reply.json({ id: workflowID });
});
app.post('/actions/:id/approve', async (request, reply) => {
  await DBOS.send(request.params.id, 'approve', 'decision');
  reply.json({});
});
app.get('/actions/:id', async (request, reply) => {
  const status = await DBOS.getWorkflowStatus(request.params.id);
  reply.json({ status: status?.status, result: status?.output });
});
app.listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', () => void DBOS.shutdown().finally(() => process.exit(0)));
