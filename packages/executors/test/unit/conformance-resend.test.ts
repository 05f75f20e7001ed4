import type { JsonObject } from '@proviso/contracts';
import type { Executor } from '@proviso/core/executor';
import { describeConformance, type ConformanceFault } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/http-fake';
import { startResendFake, type ResendFake } from '@proviso/testing/resend';
import { resendCreateBroadcast, resendCreateContact, resendSendEmail } from '../../src/index.ts';
import { faultsAt } from './http-faults.ts';
import { ADA, recordsOf } from './records.ts';

type Resend = ResendFake & { effects(): number };
type Allowed = ConformanceFault<Resend>['allowed'];

const API_KEY = 're_tr0ub4dor3';
const SEGMENT = '78261eea-8f8b-4381-83c6-79fa7120f1cf';
const farSides = { baseUrls: { resend: '' } };

interface Subject {
  executor: Executor;
  path: string;
  params: JsonObject;
  effects(resend: ResendFake): number;
  /** What it says when the effect is there and the answer was lost. */
  afterTaking: Allowed;
}

const subjects: Subject[] = [
  {
    executor: resendSendEmail(farSides),
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
    executor: resendCreateContact(farSides),
    path: '/contacts',
    params: { email: 'ada@example.com', first_name: 'Ada', segment_ids: [SEGMENT], segment_names: ['Readers'] },
    effects: ({ contacts }) => contacts.length,
    afterTaking: ['retry'],
  },
  {
    executor: resendCreateBroadcast(farSides),
    path: '/broadcasts',
    params: { segment_id: SEGMENT, segment_name: 'Readers', subject: 'News', text: 'It is out.', send: true },
    effects: ({ broadcasts }) => broadcasts.length,
    afterTaking: ['done'],
  },
];

describe.each(subjects)('$executor.type', ({ executor, path, params, effects, afterTaking }) => {
  const says = (status: number, name: string, allowed: Allowed): ConformanceFault<Resend> => ({
    name: `Resend says ${name}`,
    allowed,
    inject: (resend) =>
      resend.next(path, httpFault.answers(status, { statusCode: status, name, message: `not for ${API_KEY}` })),
  });

  describeConformance<Resend>(executor.type, {
    executor,
    async startBackend() {
      const resend = await startResendFake({ apiKey: API_KEY, segments: [{ id: SEGMENT, name: 'Readers' }] });
      farSides.baseUrls.resend = resend.url;
      return Object.assign(resend, { effects: () => effects(resend) });
    },
    makeParams: () => structuredClone(params),
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
    faults: [
      ...faultsAt(path, { afterTaking }),
      says(403, 'invalid_api_key', ['refused']),
      says(422, 'validation_error', ['refused']),
      says(429, 'rate_limit_exceeded', ['retry']),
      says(429, 'daily_quota_exceeded', ['retry']),
      says(429, 'monthly_quota_exceeded', ['refused']),
      says(409, 'concurrent_idempotent_requests', ['retry']),
      says(409, 'invalid_idempotent_request', ['retry']),
      says(500, 'application_error', ['retry']),
    ],
  });
});
