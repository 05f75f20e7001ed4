import type { NotificationSettings } from '@proviso/contracts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';
import { change } from './section.tsx';

/** Whether this browser says that something waits, also while no page is open. */
export function Push({ settings }: { settings: NotificationSettings }) {
  const { push_public_key: key, subscribed } = settings;
  const text = words.notifications.push;
  if (key === null || !('PushManager' in window) || !('Notification' in window))
    return <p className="text-muted mt-3 text-sm">{text.unavailable}</p>;
  const turn = (): void => {
    (subscribed ? unsubscribe() : subscribe(key)).catch(() => toast({ text: text.failed, tone: 'failure' }));
  };
  return (
    <p className="mt-3 flex flex-wrap items-center gap-3">
      <button type="button" className="button" onClick={turn}>
        {subscribed ? text.off : text.on}
      </button>
      <span className="text-muted text-sm">{text.help}</span>
    </p>
  );
}

const registrationOf = async (): Promise<ServiceWorkerRegistration> => {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) throw new Error('The service worker is not registered.');
  return registration;
};

async function subscribe(applicationServerKey: string): Promise<void> {
  const { pushManager } = await registrationOf();
  if ((await Notification.requestPermission()) !== 'granted')
    return toast({ text: words.notifications.push.refused, tone: 'failure' });
  await (await pushManager.getSubscription())?.unsubscribe(); // it may be of another workspace, with another key
  const { endpoint, keys } = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })).toJSON();
  await change('/v1/me/push/subscribe', { method: 'POST', body: { endpoint, keys } });
}

async function unsubscribe(): Promise<void> {
  const subscription = await (await registrationOf()).pushManager.getSubscription();
  if (!subscription) throw new Error('The browser has no subscription.');
  await change('/v1/me/push/unsubscribe', { method: 'POST', body: { endpoint: subscription.endpoint } });
  await subscription.unsubscribe();
}
