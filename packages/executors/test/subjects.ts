import type { ConformanceBackend } from '@proviso/testing/conformance';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { email } from './subjects/email.ts';
import { crmSync } from './subjects/hubspot.ts';
import { byHand, overUnipile } from './subjects/linkedin.ts';
import { before2026, listedAsIdempotent, newest } from './subjects/mcp.ts';
import { escalation, ownSubjects } from './subjects/own-database.ts';
import { resendSubjects } from './subjects/resend.ts';
import { slackMessage } from './subjects/slack.ts';

/** Only a subject's own code knows its provider: everyone else passes it on unchanged. */
const entry = <B extends ConformanceBackend>(subject: PipelineSubject<B>, name = subject.executor.type) => ({
  name,
  subject: subject as unknown as PipelineSubject<ConformanceBackend>,
});

/** Every executor with its provider and the provider's faults. Both conformance suites run through this list. */
export const subjects = [
  ...ownSubjects.map((subject) => entry(subject)),
  entry(escalation),
  entry(email),
  entry(slackMessage),
  ...resendSubjects.map((subject) => entry(subject)),
  entry(crmSync),
  entry(overUnipile, 'linkedin_connection over Unipile'),
  entry(byHand, 'linkedin_connection by hand'),
  entry(newest, 'mcp_tool_call'),
  entry(before2026, 'mcp_tool_call to a server of before 2026'),
  entry(listedAsIdempotent, 'mcp_tool_call of a tool that the identity lists as idempotent'),
];
