// The browser host of `npm run dev`, run from the sources with a fixed port and token. Started by dev.ts.

import { startBrowserHost } from '#main/web/host.ts';

const [folder = '', port = '0', token = ''] = process.argv.slice(2);
const host = await startBrowserHost({ folder, port: Number(port), token, canOpenFolders: true });

const stop = (): void => {
  void host.stop().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
