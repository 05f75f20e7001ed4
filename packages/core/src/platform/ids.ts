import { randomFillSync } from 'node:crypto';
import { givenIdPattern, ID_PREFIX, type IdKind } from '@proviso/contracts';
import { TypeID } from 'typeid-js';
import { z } from 'zod';

export type { IdKind };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** A UUIDv7: 48 bits of Unix milliseconds, then random bits (RFC 9562, section 5.7). */
export function newId(): string {
  const bytes = randomFillSync(Buffer.allocUnsafe(16));
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The TypeID that /v1 shows for a UUID: `act_01h455vb4pex5vsknk084sn02q`. */
export const showId = (kind: IdKind, uuid: string): string => TypeID.fromUUID(ID_PREFIX[kind], uuid).toString();

export const showIdOrNull = (kind: IdKind, uuid: string | null): string | null => (uuid ? showId(kind, uuid) : null);

/** The UUID behind a TypeID of that kind or a bare UUID; undefined = malformed or of another kind. */
export function readId(kind: IdKind, text: string): string | undefined {
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
    .meta({ pattern: givenIdPattern(kind) })
    .transform((text, check) => {
      const uuid = readId(kind, text);
      if (uuid) return showId(kind, uuid);
      check.addIssue({ code: 'custom', message: `is not the id of a ${kind}` });
      return z.NEVER;
    });

/** In params: either form in, the TypeID out, so that one contact has one hash. */
export const contactId = idOf('contact');
export const companyId = idOf('company');
export const threadId = idOf('thread');
