import type { Preview } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import { displayMailbox } from '../email/addresses.ts';
import { listOf } from '../email/params.ts';
import { previewField } from '../preview-field.ts';
import type { BroadcastParams } from './broadcast-params.ts';
import { configOf } from './client.ts';
import { contentWarnings, contentPreview } from '../email/content-preview.ts';
import { displaySender } from './sender.ts';

export function previewBroadcast(broadcast: BroadcastParams, identity: IdentityView | null): Preview {
  const { segment_name, segment_id, send = false } = broadcast;
  const config = configOf(identity?.config);
  const { fields, body } = contentPreview(broadcast);
  const segment = segment_name ?? segment_id;
  return {
    title: send ? `Send a broadcast to ${segment}` : `Draft a broadcast to ${segment}`,
    fields: [
      { label: 'Sent at once', value: send ? 'Yes, to everybody in the segment' : 'No, it stays a draft at Resend' },
      ...previewField('Segment', segment),
      ...previewField('Segment id', segment_id),
      ...previewField('Name', broadcast.name ?? ''),
      ...previewField('From', displaySender(broadcast.from, config)),
      ...previewField(
        'Reply to',
        listOf(broadcast.reply_to ?? config?.reply_to)
          .map(displayMailbox)
          .join(', '),
      ),
      ...previewField('Subject', broadcast.subject),
      ...previewField('Preview text', broadcast.preview_text ?? ''),
      ...fields,
    ],
    ...(body && { body }),
    warnings: [
      ...(segment_name === undefined ? ['Resend gave no name for this segment.'] : []),
      ...contentWarnings(broadcast),
    ],
  };
}
