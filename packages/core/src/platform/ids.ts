import { idOrUuidPattern, ID_PREFIX, type IdKind } from '@proviso/contracts';
import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';
import { z } from 'zod';

export type { IdKind };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** A UUIDv7 (RFC 9562, section 5.7): ids sort by creation time. */
export const newId = (): string => v7();

/** Formats a UUID as /v1 shows it: `act_01h455vb4pex5vsknk084sn02q`. */
export const formatId = (kind: IdKind, uuid: string): string => TypeID.fromUUID(ID_PREFIX[kind], uuid).toString();

export const formatIdOrNull = (kind: IdKind, uuid: string | null): string | null =>
  uuid ? formatId(kind, uuid) : null;

/** Parses a TypeID of that kind or a bare UUID into a UUID; undefined = malformed, or of another kind. */
export function parseId(kind: IdKind, text: string): string | undefined {
  if (UUID.test(text)) return text.toLowerCase();
  try {
    return TypeID.fromString(text, ID_PREFIX[kind]).toUUID();
  } catch {
    return undefined;
  }
}

const idOf = (kind: IdKind) =>
  z
    .string()
    .max(64)
    .meta({ pattern: idOrUuidPattern(kind) })
    .transform((text, check) => {
      const uuid = parseId(kind, text);
      if (uuid) return formatId(kind, uuid);
      check.addIssue({ code: 'custom', message: `is not the id of a ${kind}` });
      return z.NEVER;
    });

/** In params: accepts either form and returns the TypeID, so that one contact has one hash. */
export const contactId = idOf('contact');
export const companyId = idOf('company');
export const threadId = idOf('thread');
