import type { Resend } from 'resend';

const PAGE_SIZE = 100;

/** The end of the name of an action's broadcast. */
const mark = (actionId: string): string => ` [${actionId}]`;
export const broadcastName = (name: string, actionId: string): string => `${name.slice(0, 100)}${mark(actionId)}`;

export interface FoundBroadcast {
  id: string;
  status: string;
}

/** Finds an action's broadcast; null = it does not exist, undefined = that could not be determined. */
export async function findBroadcast(
  { broadcasts }: Resend,
  actionId: string,
  pagesMax: number,
): Promise<FoundBroadcast | null | undefined> {
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const { data } = await broadcasts.list({ limit: PAGE_SIZE, ...(after && { after }) });
    if (!data) return undefined;
    const found = data.data.find(({ name }) => name?.endsWith(mark(actionId)));
    if (found) return { id: found.id, status: found.status };
    after = data.data.at(-1)?.id;
    if (!data.has_more || !after) return null;
  }
  return undefined;
}
