import { Account } from '../settings/account.tsx';
import { Agents } from '../settings/agents.tsx';
import { Deciding } from '../settings/deciding.tsx';
import { Gateways } from '../settings/gateways.tsx';
import { Identities } from '../settings/identities.tsx';
import { Keys } from '../settings/keys.tsx';
import { Members } from '../settings/members.tsx';
import { Notifications } from '../settings/notifications.tsx';
import { NeedsAdmin } from '../settings/section.tsx';
import { Tools } from '../settings/tools.tsx';
import { useSession } from '../shell/use-session.ts';
import { words } from '../words.ts';

/** Who proposes, who decides, and as whom. */
export function SettingsPage() {
  const me = useSession();
  if (!me) return null;
  const mayChange = me.scopes.includes('workspace:admin');
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-7 py-4 max-md:px-4" tabIndex={0}>
      <div className="max-w-240">
        <h1 className="mb-4 text-lg font-bold">{words.settings.title}</h1>
        {!mayChange && <NeedsAdmin />}
        <Agents mayChange={mayChange} />
        {mayChange && <Deciding />}
        <Members mayChange={mayChange} />
        {mayChange && <Keys mayChange={mayChange} />}
        <Identities mayChange={mayChange} />
        {mayChange && <Gateways />}
        {mayChange && <Tools />}
        {me.decides && <Notifications mayChange={mayChange} />}
        <Account me={me} />
      </div>
    </div>
  );
}
