import { domainToUnicode } from 'node:url';
import { addressKey } from '@proviso/contracts';

/** A stored address with its domain in Unicode, if that converts back to what is stored. */
export function displayAddress(stored: string): string {
  const at = stored.lastIndexOf('@') + 1;
  const displayed = stored.slice(0, at) + domainToUnicode(stored.slice(at));
  return addressKey(displayed) === stored ? displayed : stored;
}
