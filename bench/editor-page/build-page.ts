// Bundles the editor page into one script, in memory.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** The page's script as text. */
export async function buildEditorPage(): Promise<string> {
  const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../..', import.meta.url)),
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'editorPage' },
    },
  });
  const output = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const script = output.find((file) => file.type === 'chunk');
  if (!script) throw new Error('vite built no script');
  return script.code;
}
