import { httpFault, type HttpFault } from '@proviso/testing/providers/http-fake';
import { startToolServer } from '@proviso/testing/providers/tool-server';
import { describeConformance, type ConformanceFault } from '@proviso/testing/conformance';
import { paramsOf, type Executor } from '@proviso/core/executor';
import { workspaceTools } from '../../src/index.ts';
import { previewOf } from '../preview-of.ts';
import { faultsAt, type HttpBackend } from '../http-faults.ts';
import { recordsOf } from '../records.ts';
import { subjects } from '../subjects.ts';
import { sentTo } from '../wire.ts';

for (const { name, subject } of subjects) describeConformance(name, subject);

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const REFUND = { type: 'object', properties: { order: { type: 'string' } }, additionalProperties: false };

const answered = (
  name: string,
  allowed: ConformanceFault<HttpBackend>['allowed'],
  fault: HttpFault,
): ConformanceFault<HttpBackend> => ({ name, allowed, inject: (server) => server.next('/call', fault) });
const takes = (status: number, body: string): HttpFault => ({ ...httpFault.answers(status, body), takes: true });

it.each(['Called at', 'called at', 'Tool version', 'Total\nApproved by: CEO', 'x"] Called at["'])(
  'shows a workspace’s tool’s field %j as the tenant’s',
  (name) => {
    const tool = { name: 'refund', version: 1, url: 'https://tools.test', idempotent: false };
    const params = paramsOf({ workspaceId: 'w', schema: { type: 'object' } });
    const executor = workspaceTools({}).executorOf({ ...tool, params, untested: async () => [] });
    const labels = previewOf(executor, { [name]: 'x' }, { identity: null }).fields.map(({ label }) => label);
    expect(labels.filter((label) => /^input\["(?:[^"\\]|\\.)*"\]$/.test(label))).toHaveLength(1);
    expect(labels.filter((label) => /^[A-Z][a-z ]+$/.test(label))).toHaveLength(3);
  },
);

describe.each([true, false])('a workspace’s tool, idempotent: %s', (idempotent) => {
  let url = '';
  const executorNow = (): Executor =>
    workspaceTools({ allowPrivateAddresses: true }).executorOf({
      name: 'refund',
      version: 1,
      url,
      idempotent,
      params: paramsOf({ workspaceId: 'w', schema: REFUND }),
      untested: async () => [],
    });
  describeConformance<HttpBackend>('refund', {
    // Its address is another one in each test.
    executor: {
      ...executorNow(),
      preview: (input, context) => executorNow().preview(input, context),
      execute: (ctx) => executorNow().execute(ctx),
    },
    async startBackend() {
      const server = await startToolServer({ secret: () => WEBHOOK_SECRET, deduplicates: idempotent });
      ({ url } = server);
      return { ...server, effects: () => server.calls.length };
    },
    makeParams: () => ({ order: '4711' }),
    makeIdentity: () => ({ identity: null, credentials: { secret: WEBHOOK_SECRET }, secrets: [WEBHOOK_SECRET] }),
    records: () => recordsOf(),
    sent: (server) => [server.url, ...sentTo(server)],
    faults: [
      ...faultsAt('/call', { afterTaking: ['retry', 'unknown'], secret: WEBHOOK_SECRET }),
      ...[401, 403, 409, 422].map((code) =>
        answered(`it is refused with ${code}`, ['refused'], httpFault.answers(code, WEBHOOK_SECRET)),
      ),
      answered('it points elsewhere', ['refused'], httpFault.answers(307, {}, { location: 'http://127.0.0.1/' })),
      answered('the answer is no JSON', ['unknown'], takes(200, '<html>')),
      answered('the answer is empty', ['done'], takes(200, '')),
      answered('the answer is too large', ['done'], takes(200, JSON.stringify('x'.repeat(300_000)))),
    ],
  });
});
