import type { Action, JsonObject, Preview } from '@proviso/contracts';
import { Body } from '../card/body.tsx';
import { PreviewFields } from '../card/fields.tsx';
import { words } from '../words.ts';

/** The preview that was shown for a decision: from the log if the decision replaced it, else the one that is there. */
export function SeenCard({ action, data }: { action: Action; data: JsonObject }) {
  const { card_digest: digest, card } = data;
  if (typeof digest !== 'string') return null;
  const preview = (card as Preview | undefined) ?? (digest === action.card_digest ? action.preview : null);
  return (
    <details className="text-sm">
      <summary className="text-muted" title={digest}>
        {words.actions.saw(digest.slice(0, 8))}
      </summary>
      {preview ? (
        <>
          <p className="mt-1 font-semibold">{preview.title}</p>
          {preview.warnings?.map((warning) => (
            <p key={warning} className="text-warn">
              <span aria-hidden="true">⚠ </span>
              {warning}
            </p>
          ))}
          <dl className="my-1 grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-3 gap-y-0.5">
            <PreviewFields fields={preview.fields} />
          </dl>
          {preview.body && <Body body={preview.body} />}
        </>
      ) : (
        <p className="text-muted mt-1">{words.actions.sawEarlier}</p>
      )}
    </details>
  );
}
