/**
 * Builds the page to static files that the gateway serves under a strict content security policy: no inline script, no
 * data: URL for scripts or styles. `npm run dev` serves the sources and passes the API on to a cluster on this machine.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const GATEWAY_URL = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'baseline-widely-available',
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': GATEWAY_URL, '/content': GATEWAY_URL },
  },
});
