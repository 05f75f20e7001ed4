// @proviso/core/executor: everything that an executor may use of core.
export { canonicalJson } from '../platform/canonical.ts';
export { AppError, invalid } from '../platform/errors.ts';
export * from './executor.ts';
export * from './mcp-connector.ts';
export * from './provider.ts';
export * from './push-sender.ts';
export * from './tool.ts';
export * from './webhook-sender.ts';
export { checkSchema, inputFault, paramsOf } from '../schema/input-schema.ts';
export { mapSubschemas } from '../schema/subschemas.ts';
export { companyId, contactId, threadId } from '../platform/ids.ts';
export { displayAddress } from '../platform/display-address.ts';
export { givenLabel } from '../preview/label.ts';
export { readableLine, readablePreview } from '../preview/readable-preview.ts';
export type {
  Changed,
  CompanyRecord,
  ContactRecord,
  NewTask,
  ReadableRecords,
  SentEmail,
  ThreadRecord,
  WritableRecords,
} from './records.ts';
