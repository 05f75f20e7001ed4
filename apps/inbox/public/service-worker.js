// Makes the inbox installable. It keeps nothing and answers no request: what the page shows is what the service says now.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
