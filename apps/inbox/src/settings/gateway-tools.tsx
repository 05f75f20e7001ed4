import type { GatewayTool, ToolAccess } from '@proviso/contracts';
import { TextDiff } from '../edit/changes.tsx';
import { readable, readableJson } from '../readable.ts';
import { words } from '../words.ts';
import { change, Line, useAllItems } from './section.tsx';

const ACCESSES = ['read', 'write', 'denied'] as const;

/** The catalogue. A decision names the definition that is shown here, so one that has changed since is refused. */
export function GatewayTools({ gatewayId }: { gatewayId: string }) {
  const path = `/v1/gateways/${gatewayId}/tools`;
  const tools = useAllItems<GatewayTool>(path, 'tools');
  const text = words.gateways;
  const review = ({ identity_id, name, definition_hash }: GatewayTool, access: ToolAccess): void => {
    const body = { tools: [{ identity_id, name, definition_hash, access }] };
    void change(`${path}/review`, { method: 'POST', body });
  };
  if (tools.length === 0) return <p>{text.noTools}</p>;
  return (
    <ul>
      {tools.map((tool) => (
        <Line key={tool.offered_as}>
          <ToolLine tool={tool} onReview={(access) => review(tool, access)} />
        </Line>
      ))}
    </ul>
  );
}

function ToolLine({ tool, onReview }: { tool: GatewayTool; onReview: (access: ToolAccess) => void }) {
  const { offered_as, access, change: how, definition, reviewed_definition } = tool;
  const text = words.gateways;
  const { description } = definition;
  return (
    <>
      <strong className="min-w-40 break-all">{readable(offered_as)}</strong>
      <select
        className="field w-auto"
        aria-label={text.access(offered_as)}
        disabled={how === 'removed'}
        value={access}
        onChange={({ target }) => onReview(target.value as ToolAccess)}
      >
        {ACCESSES.map((one) => (
          <option key={one} value={one}>
            {text.accesses[one]}
          </option>
        ))}
      </select>
      {tool.suggested_access === 'read' && access !== 'read' && (
        <span className="text-muted text-sm">{text.suggestsRead}</span>
      )}
      {how !== null && <span className="text-warn">{text.changes[how]}</span>}
      {how !== null && how !== 'removed' && (
        <button
          type="button"
          className="button ml-auto"
          aria-label={text.reviewedTool(offered_as)}
          onClick={() => onReview(access)}
        >
          {text.reviewed}
        </button>
      )}
      {typeof description === 'string' && (
        <p className="text-muted line-clamp-2 w-full text-sm">{readable(description)}</p>
      )}
      <details className="w-full" open={how === 'changed' || how === 'reworded'}>
        <summary className="text-muted text-sm">
          {reviewed_definition && how ? text.differences : text.definition}
        </summary>
        <pre className="mt-1 font-mono text-xs whitespace-pre-wrap">
          {reviewed_definition && how ? (
            <TextDiff before={readableJson(reviewed_definition)} after={readableJson(definition)} />
          ) : (
            readableJson(definition)
          )}
        </pre>
      </details>
    </>
  );
}
