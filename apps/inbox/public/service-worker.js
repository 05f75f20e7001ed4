// Makes the inbox installable, and says that something waits. It keeps nothing and answers no request: what the page
// shows is what the service says now.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

// A message has a number, and no content.
self.addEventListener('push', (event) => {
  const { waiting, open } = event.data.json();
  const body = waiting === 1 ? '1 proposal waits for you.' : `${waiting} proposals wait for you.`;
  const options = { body, tag: 'waiting', icon: '/icon-192.png', data: { open } };
  event.waitUntil(self.registration.showNotification('Proviso', options));
});

// It only opens the page. A page that is open stays as it is: somebody may be editing.
self.addEventListener('notificationclick', (event) => {
  const { open } = event.notification.data;
  event.notification.close();
  event.waitUntil(show(open));
});

async function show(open) {
  const [page] = open ? [] : await self.clients.matchAll({ type: 'window' });
  if (page) return page.focus();
  return self.clients.openWindow(open ? `/?open=${encodeURIComponent(open)}` : '/');
}
