import { emailMessageReply, recordEmailMessageBody } from '@proviso/contracts';
import { authorize, recordEmailMessage } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const recordEmailMessageRoute = defineRoute({
  method: 'post',
  path: '/v1/email-messages',
  operationId: 'recordEmailMessage',
  summary: 'Record a message that was received or sent elsewhere',
  description:
    'Record replies that arrive outside the service, so that follow-ups join the contact’s conversation. Recording the same Message-ID again changes nothing. Needs `contacts:write`. No agent’s key.',
  tag: 'E-mail',
  body: recordEmailMessageBody,
  reply: emailMessageReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', email_message: await recordEmailMessage(ctx, body) }),
});
