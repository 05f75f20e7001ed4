import { useQuery } from '@tanstack/react-query';
import type { NotificationSettings } from '@proviso/contracts';
import { request } from '../api/client.ts';
import { identitiesQuery, settingsQuery } from '../api/queries.ts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';
import { Push } from './push.tsx';
import { change, Section } from './section.tsx';

const PATH = '/v1/me/notifications';
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What this member gets mails about; an admin also chooses through which account all members get them. */
export function Notifications({ mayChange }: { mayChange: boolean }) {
  const { data: settings } = useQuery({
    queryKey: ['settings', PATH],
    queryFn: async () => (await request<{ notifications: NotificationSettings }>(PATH)).notifications,
  });
  const text = words.notifications;
  if (!settings) return null;
  const save = async (body: object): Promise<void> => {
    if (await change(PATH, { method: 'PATCH', body })) toast({ text: words.settings.saved });
  };
  return (
    <Section title={text.title} help={text.help(settings.email)}>
      {!settings.mails && <p className="text-warn mb-2 text-sm">{text.off}</p>}
      <div className="flex flex-wrap items-end gap-3">
        <Choices
          label={text.digest}
          chosen={settings.digest_hour}
          options={HOURS.map((hour) => [hour, text.from(hour)])}
          onChoose={(digest_hour) => void save({ digest_hour, time_zone: ownZone() })}
        />
        <Choices
          label={text.waiting}
          chosen={settings.waiting_minutes}
          options={minutesOf(settings)}
          onChoose={(waiting_minutes) => void save({ waiting_minutes })}
        />
        {settings.digest_hour !== null && <p className="text-muted text-sm">{text.zone(settings.time_zone)}</p>}
      </div>
      <Push settings={settings} />
      {mayChange && <MailAccount />}
    </Section>
  );
}

/** The usual times, and the one that is set. */
function minutesOf({ waiting_minutes: minutes }: NotificationSettings): [number, string][] {
  const { over, minutes: inMinutes } = words.notifications;
  const usual = Object.entries(over).map(([count, name]): [number, string] => [Number(count), name]);
  const isUsual = minutes === null || usual.some(([count]) => count === minutes);
  return isUsual ? usual : [...usual, [minutes, inMinutes(minutes)]];
}

interface ChoicesProps {
  label: string;
  chosen: number | null;
  options: [number, string][];
  onChoose: (value: number | null) => void;
}

const Choices = ({ label, chosen, options, onChoose }: ChoicesProps) => (
  <label>
    <span className="text-muted block text-sm">{label}</span>
    <select
      className="field"
      value={chosen ?? ''}
      onChange={({ target }) => onChoose(target.value === '' ? null : Number(target.value))}
    >
      <option value="">{words.notifications.none}</option>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

function MailAccount() {
  const { data: settings } = useQuery(settingsQuery);
  const { data: identities = [] } = useQuery(identitiesQuery);
  const text = words.notifications;
  if (!settings) return null;
  const save = async (identity_id: string): Promise<void> => {
    const notification_mail = identity_id === '' ? null : { identity_id, inbox_url: window.location.origin };
    if (await change('/v1/settings', { method: 'PATCH', body: { notification_mail } }))
      toast({ text: words.settings.saved });
  };
  return (
    <label className="mt-3 block">
      <span className="text-muted block text-sm">{text.through}</span>
      <select
        className="field"
        value={settings.notification_mail?.identity_id ?? ''}
        onChange={({ target }) => void save(target.value)}
      >
        <option value="">{text.nobody}</option>
        {identities
          .filter(({ provider }) => provider === 'smtp')
          .map(({ identity_id, name }) => (
            <option key={identity_id} value={identity_id}>
              {name}
            </option>
          ))}
      </select>
    </label>
  );
}
