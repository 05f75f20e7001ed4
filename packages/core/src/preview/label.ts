import { asciiLookAlike } from './look-alikes.ts';

/**
 * A label for a name that a tenant or provider chose, such as a property or an argument: `properties["Contact"]`. Our
 * own labels consist of words only, so no chosen name can pass for one. Held by `describeConformance`.
 */
export const givenLabel = (group: string, name: string): string => `${group}[${JSON.stringify(name)}]`;

/** Words that the service itself uses on a preview or next to one: letters only, in lower case. */
const SERVICE_LABELS = new Set(
  `Account, Answer, Approval, Approved, Approved by, As, Associated, Bcc, Called at, Cc, Channel, Channel id, Claims,
  Company, Company is found by, Contact, Contact is found by, Decided by, Decision, Description, Due, Email, First name,
  From, HTML, Identity, In, In reply to, Input schema, Last name, Leaves through, Lifecycle stage, Name, Options,
  Preview text, Profile, References, Rejected by, Reply to, Reviewed by, Segment, Segment id, Segment ids, Segments,
  Sent at once, Sent by, Server, Status, Subject, Tags, Text, Thread, Title, To, Tool, Tool title, Tool version,
  Unsubscribed, Verified, Verified by, Warning, Warnings, When the answer is lost, Workspace`
    .split(',')
    .map(foldText),
);

/**
 * A label of a preview that an agent rendered. The whole preview is marked as the agent's, so its labels stay. One that
 * reads like a label of the service, or contains one on its own line, is shown as a given name.
 */
export const agentLabel = (label: string): string =>
  label.split(/[\n\r\u2028\u2029:：⏎]+/u).some((part) => SERVICE_LABELS.has(foldText(part)))
    ? givenLabel('agent', label)
    : label;

/** Ignores case, diacritics, spaces, and letters of other alphabets that look alike. */
function foldText(text: string): string {
  return asciiLookAlike(text.normalize('NFKD'))
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}
