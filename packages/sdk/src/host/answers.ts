/** What a call was answered. */
export interface HostAnswer {
  status: number;
  body: string;
}

export const says = (status: number, error: string): HostAnswer => ({ status, body: JSON.stringify({ error }) });

/** Params have at most 256 KiB. */
const BODY_BYTES_MAX = 1024 * 1024;
export const isTooLarge = (bytes: number | string | undefined): boolean => Number(bytes ?? 0) > BODY_BYTES_MAX;
export const TOO_LARGE = says(413, 'The body is larger than a call.');
