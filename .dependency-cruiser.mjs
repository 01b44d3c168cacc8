// The walls of the house: which folder may import which. `npm run check` fails where one is broken.

const tests = '(\\.(test|bench|spec)\\.ts$|/testing/)';

const only = (name, module, allowed) => ({
  name,
  severity: 'error',
  from: { pathNot: [allowed, tests, '^scripts/', '^bench/', '^e2e/'] },
  to: { path: module },
});

const never = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: to },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    never('shared-is-pure', '^src-shared/', '^(src-main|src-renderer|node_modules/(?!zod)|e2e|scripts)'),
    {
      name: 'shared-no-node',
      severity: 'error',
      from: { path: '^src-shared/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    never('zod-in-contract-only', '^src-shared/(?!contract/)', 'node_modules/zod'),
    never('renderer-no-main', '^src-renderer/', '^src-main/'),
    {
      name: 'renderer-no-node',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    never(
      'canvas-is-plain',
      '^src-renderer/canvas/',
      '^src-renderer/(editor|state|components)|node_modules/svelte',
    ),
    never('editor-is-plain', '^src-renderer/editor/', '^src-renderer/(state|components)|node_modules/svelte'),
    never('state-below-components', '^src-renderer/state/', '^src-renderer/components/'),
    never('main-no-renderer', '^src-main/', '^src-renderer/'),
    never(
      'api-uses-services',
      '^src-main/api/',
      '^src-main/(store|imaging|inference|formats|electron|web|cli)/',
    ),
    never('services-below-api', '^src-main/services/', '^src-main/(api|electron|web|cli)/'),
    never(
      'store-is-low',
      '^src-main/store/',
      '^src-main/(api|services|electron|web|cli|workers|imaging|inference|formats)/',
    ),
    never(
      'formats-are-low',
      '^src-main/formats/',
      '^src-main/(api|services|store|electron|web|cli|workers|imaging|inference)/',
    ),
    never(
      'worker-code-is-low',
      '^src-main/(imaging|inference)/',
      '^src-main/(api|services|store|electron|web|cli|formats)/',
    ),
    never(
      'workers-are-low',
      '^src-main/workers/',
      '^src-main/(api|services|store|electron|web|cli|formats)/',
    ),
    only('electron-in-one-folder', '^electron$|node_modules/electron/', '^src-main/electron/'),
    only('one-file-for-onnxruntime', 'onnxruntime-node', '^src-main/inference/runtime/ort\\.ts$'),
    only('one-file-for-sqlite', '^(node:)?sqlite$', '^src-main/store/database\\.ts$'),
    only('one-folder-for-sharp', 'node_modules/sharp|^sharp$', '^src-main/imaging/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release|models|assets)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.main.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'svelte'],
      extensions: ['.ts', '.svelte', '.js', '.mjs'],
    },
  },
};
