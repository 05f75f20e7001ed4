import type { JsonObject } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import type { ConformanceFault } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startUnipileFake, type UnipileFake } from '@proviso/testing/providers/linkedin';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { linkedinConnection, type ExecutorSettings } from '../../src/index.ts';
import { faultsAt } from '../http-faults.ts';
import { ADA, recordsOf } from '../records.ts';
import { sentTo } from '../wire.ts';
import { rowsIn } from './own-database.ts';

export const TOKEN = 'un1p1le-t0ken';
export const INVITATION = { linkedin_url: 'https://www.linkedin.com/in/ada', message: 'Hello Ada', contact_id: ADA };

export const identityWith = (config: JsonObject): IdentityView => ({
  id: 'id_1',
  provider: 'linkedin',
  name: 'Ada',
  config,
});
export const UNIPILE = identityWith({ mode: 'unipile', dsn: 'api1.unipile.com:13111', account_id: 'acc_1' });

/** Where Unipile is: the fake of the running test. */
export const settings: ExecutorSettings = {};
export const executor = linkedinConnection(settings);

type Fake = UnipileFake & { effects(): number };
type Fault = ConformanceFault<Fake>;

const armed = (name: string, allowed: Fault['allowed'], at: string, fault: Parameters<Fake['next']>[1]): Fault => ({
  name,
  allowed,
  inject: (fake) => fake.next(at, fault),
});
const hanging = (name: string, allowed: Fault['allowed'], at: string, fault: Parameters<Fake['next']>[1]): Fault => ({
  name,
  allowed,
  hangs: true,
  inject(fake) {
    fake.next(at, fault);
    return { reached: fake.struck() };
  },
});
const says = (status: number) => httpFault.answers(status, { detail: `no, ${TOKEN}` }, { 'retry-after': '7' });

export const overUnipile: PipelineSubject<Fake> = {
  executor,
  delivery: 'at_most_once',
  async startBackend() {
    const fake = await startUnipileFake({ token: TOKEN });
    settings.baseUrls = { linkedin: fake.url };
    return Object.assign(fake, { effects: () => fake.invitations.length });
  },
  makeParams: () => structuredClone(INVITATION),
  makeIdentity: () => ({ identity: UNIPILE, credentials: { token: TOKEN }, secrets: [TOKEN] }),
  records: () => recordsOf(),
  // The id is Unipile's own word for the profile, which it has just said.
  sent: (fake) => sentTo(fake).filter((value) => value !== fake.invitations[0]?.provider_id),
  faults: [
    ...['/users/ada', '/users/invite'].flatMap((at) => [
      armed(`${at} is refused`, ['refused'], at, says(422)),
      armed(`${at} is too much (429)`, ['retry'], at, says(429)),
      armed(`${at} fails (5xx)`, ['retry'], at, says(503)),
      armed(`${at} is cut unread`, ['retry'], at, httpFault.cutsUnread()),
      armed(`${at} is cut`, ['retry'], at, httpFault.cuts()),
      hanging(`${at} hangs`, ['retry'], at, httpFault.hangs()),
    ]),
    ...faultsAt('/users/invite', { afterTaking: ['done'], secret: TOKEN }),
    ...faultsAt('/users/ada', { afterTaking: ['retry'], secret: TOKEN })
      .filter(({ name }) => name !== 'nobody listens' && !name.startsWith('it is taken'))
      .map((fault) => ({ ...fault, name: `of the profile, ${fault.name}` })),
    armed('it is sent and the answer is lost', ['done'], '/users/invite', httpFault.takesThenCuts()),
    armed('it is sent and half an answer comes', ['done'], '/users/invite', httpFault.takesThenAnswersHalf()),
    hanging('it is sent and no answer comes', ['retry'], '/users/invite', httpFault.takesThenHangs()),
    {
      name: 'it is sent, the answer is lost, and the list of invitations too',
      allowed: ['retry'],
      inject(fake) {
        fake.next('/users/invite', httpFault.takesThenCuts());
        fake.next('/users/invite/sent', httpFault.cuts());
      },
    },
  ],
};

export const byHand: PipelineSubject<{
  records: ReturnType<typeof recordsOf>;
  effects(): number;
  close(): Promise<void>;
}> = {
  executor,
  delivery: 'transactional',
  async startBackend() {
    const records = recordsOf();
    return { records, effects: () => records.written.tasks.length, close: async () => undefined };
  },
  makeParams: () => structuredClone(INVITATION),
  effectsIn: rowsIn('tasks'),
  makeIdentity: () => ({ identity: identityWith({}), credentials: null, secrets: [] }),
  records: ({ records }) => records,
  sent: ({ records }) =>
    records.written.tasks.flatMap(({ description, contactId }) => [
      ...(/^Open (\S+) and choose Connect\. Send it with this note:\n\n(.*)$/s.exec(description ?? '')?.slice(1) ?? [
        '?',
      ]),
      contactId ?? '',
    ]),
  faults: [],
};
