import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `vite` alone serves the sources and sends requests on to an api: PROVISO_URL, as whom PROVISO_DEV_TOKEN says.
const target = process.env.PROVISO_URL ?? 'http://127.0.0.1:3000';
const token = process.env.PROVISO_DEV_TOKEN;
const api = { target, ...(token && { headers: { authorization: `Bearer ${token}` } }) };

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/v1': api, '/api': api } },
});
