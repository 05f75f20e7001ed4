import type { JsonObject } from '@proviso/contracts';
import type { Executor } from '@proviso/core/executor';
import type { ConformanceFault } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startResendFake, type ResendFake } from '@proviso/testing/providers/resend';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { resendCreateBroadcast, resendCreateContact, resendSendEmail } from '../../src/index.ts';
import { faultsAt } from '../http-faults.ts';
import { ADA, recordsOf } from '../records.ts';
import { sentTo } from '../wire.ts';

type Resend = ResendFake & { effects(): number };
type Allowed = ConformanceFault<Resend>['allowed'];

const API_KEY = 're_tr0ub4dor3';
const SEGMENT = '78261eea-8f8b-4381-83c6-79fa7120f1cf';
const settings = { baseUrls: { resend: '' } };

interface Given {
  executor: Executor;
  path: string;
  params: JsonObject;
  /** The params that Resend is asked for. */
  lookedUp?: string;
  effects(resend: ResendFake): number;
  /** What it says when the effect is there and the answer was lost. */
  afterTaking: Allowed;
}

const given: Given[] = [
  {
    executor: resendSendEmail(settings),
    path: '/emails',
    params: {
      from: 'Ada <ada@ours.test>',
      to: ['ada@example.com'],
      cc: 'bob@example.com',
      subject: 'Hello',
      text: 'Hi Ada',
      html: '<p>Hi <b>Ada</b></p>',
      contact_id: ADA,
      tags: [{ name: 'kind', value: 'welcome' }],
    },
    effects: ({ sent }) => sent.length,
    afterTaking: ['retry'],
  },
  {
    executor: resendCreateContact(settings),
    path: '/contacts',
    params: { email: 'ada@example.com', first_name: 'Ada', segment_ids: [SEGMENT], segment_names: ['Readers'] },
    lookedUp: 'segment_names',
    effects: ({ contacts }) => contacts.length,
    afterTaking: ['retry'],
  },
  {
    executor: resendCreateBroadcast(settings),
    path: '/broadcasts',
    params: { segment_id: SEGMENT, segment_name: 'Readers', subject: 'News', text: 'It is out.', send: true },
    lookedUp: 'segment_name',
    effects: ({ broadcasts }) => broadcasts.length,
    afterTaking: ['done'],
  },
];

const subjectOf = ({ executor, path, params, lookedUp, effects, afterTaking }: Given): PipelineSubject<Resend> => {
  const says = (status: number, name: string, allowed: Allowed): ConformanceFault<Resend> => ({
    name: `Resend says ${name}`,
    allowed,
    inject: (resend) =>
      resend.next(path, httpFault.answers(status, { statusCode: status, name, message: `not for ${API_KEY}` })),
  });

  return {
    executor,
    async startBackend() {
      const resend = await startResendFake({ apiKey: API_KEY, segments: [{ id: SEGMENT, name: 'Readers' }] });
      settings.baseUrls.resend = resend.url;
      return Object.assign(resend, { effects: () => effects(resend) });
    },
    makeParams: () => structuredClone(params),
    proposal: Object.fromEntries(Object.entries(params).filter(([name]) => name !== lookedUp)),
    makeIdentity: () => ({
      identity: {
        id: 'id_1',
        provider: 'resend',
        name: 'News',
        config: { from: 'News <news@ours.test>', from_allowed: ['@ours.test'], reply_to: 'us@ours.test' },
      },
      credentials: { api_key: API_KEY },
      secrets: [API_KEY],
    }),
    records: () => recordsOf(),
    // The preview says in words that a broadcast is sent at once.
    sent: (resend) => sentTo(resend).filter((value) => value !== 'true'),
    faults: [
      ...faultsAt(path, { afterTaking, secret: API_KEY }),
      says(403, 'invalid_api_key', ['refused']),
      says(422, 'validation_error', ['refused']),
      says(429, 'rate_limit_exceeded', ['retry']),
      says(429, 'daily_quota_exceeded', ['retry']),
      says(429, 'monthly_quota_exceeded', ['refused']),
      says(409, 'concurrent_idempotent_requests', ['retry']),
      says(409, 'invalid_idempotent_request', ['retry']),
      says(500, 'application_error', ['retry']),
    ],
  };
};

export const resendSubjects: PipelineSubject<Resend>[] = given.map(subjectOf);
