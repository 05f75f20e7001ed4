import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { router } from './router.tsx';
import { applyTheme, storedTheme } from './shell/theme.ts';
import './style.css';

applyTheme(storedTheme());
// Absent without TLS, except on this machine. Without it the page works, but cannot be installed.
navigator.serviceWorker?.register('/service-worker.js').catch(() => undefined);
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
