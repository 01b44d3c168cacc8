// One browser host as its own process, so that a test can kill it in mid-stroke. Started by app-host.ts; prints one
// JSON line with the address. Runs the same function as `clearlabel serve`.

import { startBrowserHost } from '../src-main/web/host.ts';

const [folder, port, token, rendererFolder] = process.argv.slice(2);
if (folder === undefined || rendererFolder === undefined)
  throw new Error('usage: host-process.ts FOLDER PORT TOKEN RENDERER');

const host = await startBrowserHost({
  folder,
  port: Number(port),
  canOpenFolders: true,
  rendererFolder,
  ...(token === undefined || token === '' ? {} : { token }),
});
console.log(JSON.stringify({ address: host.addressWithToken, origin: host.origin, port: host.port }));

process.on('SIGTERM', () => {
  void host.stop().then(() => process.exit(0));
});
