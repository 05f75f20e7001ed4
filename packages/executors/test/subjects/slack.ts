import type { ConformanceFault } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/providers/http-fake';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { startSlackFake, type SlackFake } from '@proviso/testing/providers/slack';
import { sendSlackMessage } from '../../src/index.ts';
import { faultsAt } from '../http-faults.ts';
import { recordsOf } from '../records.ts';
import { sentTo } from '../wire.ts';

type Slack = SlackFake & { effects(): number };

const TOKEN = 'xoxb-2417-tr0ub4dor';
const POST = 'chat.postMessage';

/** The executor learns its provider's address from the operator, and each test has its own provider. */
const settings = { baseUrls: { slack: '' } };

const says = (error: string, allowed: ConformanceFault<Slack>['allowed']): ConformanceFault<Slack> => ({
  name: `Slack says ${error}`,
  allowed,
  inject: (slack) => slack.next(POST, httpFault.answers(200, { ok: false, error })),
});

export const slackMessage: PipelineSubject<Slack> = {
  executor: sendSlackMessage(settings),
  async startBackend() {
    const slack = await startSlackFake({ token: TOKEN });
    settings.baseUrls.slack = `${slack.url}/api`;
    return Object.assign(slack, { effects: () => slack.posted.length });
  },
  makeParams: () => ({
    channel: '#general',
    message: 'The report is ready.',
    channel_id: 'C024BE91L',
    channel_name: 'general',
  }),
  proposal: { channel: '#general', message: 'The report is ready.' },
  makeIdentity: () => ({
    identity: { id: 'id_1', provider: 'slack', name: 'Acme bot', config: {} },
    credentials: { token: TOKEN },
    secrets: [TOKEN],
  }),
  records: () => recordsOf(),
  // The name under which the channel's history is searched for the action.
  sent: (slack) => sentTo(slack).filter((value) => value !== 'proviso_action'),
  faults: [
    ...faultsAt(POST, { afterTaking: ['done'], secret: TOKEN }),
    ...['not_in_channel', 'channel_not_found', 'is_archived', 'invalid_auth', 'msg_too_long', 'a_new_code'].map(
      (error) => says(error, ['refused']),
    ),
    says('ratelimited', ['retry']),
    says('service_unavailable', ['retry']),
    says('internal_error', ['retry']),
    says(`<html>${TOKEN}</html>`, ['retry']),
  ],
};
