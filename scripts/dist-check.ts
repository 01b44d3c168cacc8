// `npm run dist:check`: verifies the packaging without Electron's binary: the configuration against
// electron-builder's own schema, and for each target the files that electron-builder's own matcher would pack.

import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { buildAll, isBuildStale } from './build.ts';
import { projectRoot } from './run-step.ts';

/** The parts of electron-builder that this check calls; it publishes no types for them. */
interface BuilderParts {
  getConfig(projectDir: string, configPath: string, options: null): Promise<BuilderConfiguration>;
  validateConfiguration(config: unknown, debugLogger: { isEnabled: boolean }): Promise<void>;
  FileMatcher: new (
    from: string,
    to: string,
    expand: (pattern: string) => string,
    patterns: string[],
  ) => {
    createFilter(): (path: string, stats: unknown) => boolean;
  };
}

type BuilderConfiguration = PlatformSection & Partial<Record<'win' | 'mac' | 'linux', PlatformSection>>;

interface PlatformSection {
  /** Plain patterns are merged into objects by electron-builder when it reads the file. */
  files?: (string | { filter: string[] })[];
  target?: { target: string; arch: string[] }[];
}

interface Target {
  platform: 'win' | 'mac' | 'linux';
  /** Folder name inside onnxruntime-node. */
  nodePlatform: 'win32' | 'darwin' | 'linux';
  arch: string;
}

const TARGETS: readonly Target[] = [
  { platform: 'win', nodePlatform: 'win32', arch: 'x64' },
  { platform: 'win', nodePlatform: 'win32', arch: 'arm64' },
  { platform: 'mac', nodePlatform: 'darwin', arch: 'arm64' },
  { platform: 'linux', nodePlatform: 'linux', arch: 'x64' },
  { platform: 'linux', nodePlatform: 'linux', arch: 'arm64' },
];

const FORBIDDEN = [
  /\.test\.[jt]s$/,
  /^e2e\//,
  /^bench\//,
  /^test-fixtures\//,
  /^models\/demo\/(train|heldout)\//,
  /^src-/,
  /\.map$/,
];
const REQUIRED = [
  'package.json',
  'dist/main/electron-main.js',
  'dist/main/cli.js',
  'dist/main/imaging-entry.js',
  'dist/main/inference-entry.js',
  'dist/main/segment-entry.js',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
  'models/catalog.json',
  'models/demo/model.safetensors',
  'models/demo/config.json',
  'node_modules/sharp/package.json',
  'node_modules/onnxruntime-node/package.json',
];

const builder = loadBuilder();
if (isBuildStale()) await buildAll();
const config = await builder.getConfig(projectRoot, 'electron-builder.yml', null);
await builder.validateConfiguration(config, { isEnabled: false });
console.log('ok   electron-builder.yml agrees with the schema of electron-builder');

const everyFile = [
  ...walk(projectRoot, ['dist', 'models', 'assets']),
  ...productionModules(),
  'package.json',
];
const problems = TARGETS.flatMap(checkTarget);
for (const problem of problems) console.error(`FAIL ${problem}`);
console.log(
  `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${TARGETS.length} targets checked; installers themselves were not built, and sharp's native package is this machine's`,
);
if (problems.length > 0) process.exitCode = 1;

function checkTarget(target: Target): string[] {
  const name = `${target.platform} ${target.arch}`;
  const packed = packedFiles(target);
  const found: string[] = [];
  for (const file of REQUIRED) if (!packed.includes(file)) found.push(`${name}: ${file} is not packed`);
  for (const file of packed) {
    if (!file.startsWith('node_modules/') && FORBIDDEN.some((pattern) => pattern.test(file)))
      found.push(`${name}: ${file} must not be packed`);
  }
  const natives = packed.filter((file) => file.includes('onnxruntime-node/bin/') && file.endsWith('.node'));
  const expected = `node_modules/onnxruntime-node/bin/napi-v6/${target.nodePlatform}/${target.arch}/onnxruntime_binding.node`;
  if (natives.length !== 1 || natives[0] !== expected) {
    found.push(`${name}: expected exactly ${expected}, got ${natives.join(', ') || 'none'}`);
  }
  const archs = (config[target.platform]?.target ?? []).flatMap((entry) => entry.arch);
  if (!archs.includes(target.arch)) found.push(`${name}: not among the targets of electron-builder.yml`);
  console.log(`     ${name}: ${packed.length} files, ${megabytes(packed)} MB before compression`);
  for (const [folder, size] of largest(packed)) console.log(`       ${size.padStart(7)} MB  ${folder}`);
  return found;
}

function packedFiles(target: Target): string[] {
  const expand = (pattern: string): string =>
    pattern.replaceAll('${arch}', target.arch).replaceAll('${os}', target.platform);
  const patterns = [config, config[target.platform]].flatMap((section) =>
    (section?.files ?? []).flatMap((entry) => (typeof entry === 'string' ? entry : entry.filter)),
  );
  const exclusions = patterns.filter((pattern) => pattern.startsWith('!'));
  const ours = new builder.FileMatcher(projectRoot, '', expand, patterns).createFilter();
  const modules = new builder.FileMatcher(projectRoot, '', expand, ['**/*', ...exclusions]).createFilter();
  return everyFile.filter((file) => {
    const full = join(projectRoot, file);
    return (file.startsWith('node_modules/') ? modules : ours)(full, lstatSync(full));
  });
}

/** Files of the production dependencies, as the node-module pass of electron-builder sees them. */
function productionModules(): string[] {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const folders = listed
    .split('\n')
    .map((line) => relative(projectRoot, line.trim()))
    .filter((path) => path.startsWith('node_modules'));
  return [...new Set(walk(projectRoot, folders))];
}

function walk(base: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(base, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(base, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

function megabytes(files: readonly string[]): string {
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(projectRoot, file)).size, 0);
  return (bytes / 1e6).toFixed(1);
}

function largest(files: readonly string[]): [folder: string, megabytes: string][] {
  const groups = Map.groupBy(files, (file) =>
    file
      .split('/')
      .slice(0, file.startsWith('node_modules/@') ? 3 : 2)
      .join('/'),
  );
  return [...groups]
    .map(([folder, members]): [string, string] => [folder, megabytes(members)])
    .sort((a, b) => Number(b[1]) - Number(a[1]))
    .slice(0, 5);
}

function loadBuilder(): BuilderParts {
  const require = createRequire(join(projectRoot, 'node_modules/electron-builder/package.json'));
  const version = JSON.parse(readFileSync(require.resolve('app-builder-lib/package.json'), 'utf8')) as {
    version: string;
  };
  console.log(`electron-builder ${version.version}`);
  return {
    ...(require('app-builder-lib/out/util/config/config') as BuilderParts),
    ...(require('app-builder-lib/out/fileMatcher') as BuilderParts),
  };
}
