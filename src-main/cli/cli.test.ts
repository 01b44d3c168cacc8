// The command line as a shell sees it: real processes on small folders, exit codes, what is written and what is not.

import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openStore } from '../store/store.ts';
import { portableDir, projectDir } from '../../scripts/testing/fixtures.ts';
import { BLUE, GREEN, RED, writeBmp, writeHalves } from '../../scripts/testing/test-images.ts';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clearlabel-cli-'));
  folder = join(root, 'photos');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the real program; `onStderr` sees its messages as they come. */
function start(
  args: string[],
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
) {
  const child = spawn(process.execPath, [join(projectDir, 'src-main/cli/main.ts'), ...args], {
    env: {
      ...process.env,
      CLEARLABEL_HOME: join(root, 'home'),
      CLEARLABEL_DEMO_MODEL: join(portableDir, 'checkpoint'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result: Result = { code: null, stdout: '', stderr: '' };
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
    onOutput(result.stdout, kill);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
    onOutput(result.stderr, kill);
  });
  const ended = new Promise<Result>((resolve) => child.on('close', (code) => resolve({ ...result, code })));
  return { kill, ended };
}

const run = (...args: string[]): Promise<Result> => start(args).ended;

const cocoSchema = z.object({
  images: z.array(z.object({ file_name: z.string() })),
  annotations: z.array(z.object({ category_id: z.int() })),
  categories: z.array(z.object({ name: z.string() })),
});
const readCoco = (path: string) => cocoSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

describe('help, version and wrong usage', () => {
  test.each([['prelabel'], ['export'], ['import'], ['evaluate'], ['model', 'check'], ['serve'], []])(
    '%s %s has help and a version',
    async (...command) => {
      const help = await run(...command, '--help');
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain('Usage: clearlabel');
      expect(await run(...command, '--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
    },
  );

  test.each([
    ['no command', []],
    ['an unknown command', ['paint']],
    ['an unknown option', ['prelabel', '.', '--nothing']],
    ['no folder', ['prelabel']],
    ['a threshold above 1', ['prelabel', '.', '--threshold', '2']],
    ['an unknown method', ['prelabel', '.', '--method', 'magic']],
    ['a folder that is not there', ['prelabel', '/nowhere/at/all', '--classes', 'sky']],
  ])('%s ends with 2 and says why', async (_case, args) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr.length).toBeGreaterThan(10);
  });

  test.each([',, ,', 'x'.repeat(500), ''])(
    'classes "%.5s" end with 2 and leave no project behind',
    async (classes) => {
      writeHalves(join(folder, 'a.bmp'), RED, GREEN, 64, 48);
      const { code, stderr } = await run('prelabel', folder, '--classes', classes);
      expect(code).toBe(2);
      expect(stderr).toMatch(/class name|characters/);
      expect(readdirSync(folder)).toEqual(['a.bmp']);
    },
  );

  test('nothing may be written into the image folder', async () => {
    writeHalves(join(folder, 'a.bmp'), RED, GREEN, 64, 48);
    for (const option of ['--out', '--overlays']) {
      const { code } = await run('prelabel', folder, '--classes', 'sky', option, join(folder, 'sub', 'x'));
      expect(code).toBe(2);
    }
    expect(readdirSync(folder)).toEqual(['a.bmp']);
  });
});

describe('prelabel, export and import', () => {
  test('odd names and damaged images: the others are written, each damaged one is named, exit code 1', async () => {
    const names = [
      'plain.bmp',
      'é composed.bmp',
      'e\u0301 decomposed.bmp',
      '#1 100% "q" \'s.bmp',
      '汉字 🚗.bmp',
    ];
    mkdirSync(join(folder, 'sub'));
    for (const name of names) writeHalves(join(folder, name), RED, BLUE, 96, 64);
    writeHalves(join(folder, 'sub', 'plain.bmp'), GREEN, BLUE, 96, 64);
    writeFileSync(join(folder, 'empty.png'), '');
    writeFileSync(
      join(folder, 'cut.png'),
      readFileSync(join(portableDir, 'images', 'rect.png')).subarray(0, 500),
    );
    writeFileSync(join(folder, 'text.jpg'), 'hello');
    writeFileSync(join(folder, 'notes.txt'), 'not an image');
    const out = join(root, 'out', 'coco.json');
    const overlays = join(root, 'overlays');
    const result = await run(
      'prelabel',
      folder,
      '--classes',
      'sky, tree=oak|pine',
      '--out',
      out,
      '--overlays',
      overlays,
    );
    expect(result.code).toBe(1);
    for (const name of ['empty.png', 'cut.png', 'text.jpg'])
      expect(result.stderr).toMatch(new RegExp(`^${name}: .{15}`, 'm'));
    expect(result.stdout).toContain('masks exact');
    const coco = readCoco(out);
    expect(coco.images.map((image) => image.file_name).sort()).toEqual([...names, 'sub/plain.bmp'].sort());
    expect(coco.categories.map(({ name }) => name)).toEqual(['sky', 'tree']);
    expect(
      readdirSync(overlays, { recursive: true }).filter((name) => String(name).endsWith('.jpg')),
    ).toHaveLength(6);
    expect(readdirSync(join(root, 'out'))).toEqual(['coco.json']);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual(['.clearlabel']);
  });

  test('--json prints one document; export, import and dry run agree', async () => {
    writeHalves(join(folder, 'a.bmp'), RED, GREEN, 96, 64);
    const out = join(root, 'a.json');
    const first = await run(
      'prelabel',
      folder,
      '--classes',
      'sky,tree',
      '--out',
      out,
      '--protocol',
      'whole',
      '--json',
    );
    expect(first.code).toBe(0);
    const report = z.object({ images: z.literal(1), failed: z.array(z.unknown()).length(0) }).loose();
    report.parse(JSON.parse(first.stdout));
    const count = readCoco(out).annotations.length;
    const dry = await run('import', out, folder, '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({ imported: count, matchedImages: 1 });
    expect((await run('import', out, folder)).code).toBe(0);
    const again = join(root, 'again.json');
    expect((await run('export', folder, '--out', again, '--include', 'all')).code).toBe(0);
    expect(readCoco(again).annotations).toHaveLength(count);
    expect((await run('export', folder, '--out', join(root, 'reviewed.json'))).code).toBe(0);
    expect(readCoco(join(root, 'reviewed.json')).images).toHaveLength(0);
  });

  test('exports images that nobody has opened yet, and ends with 1 when one of them is damaged', async () => {
    writeHalves(join(folder, 'a.bmp'), RED, GREEN, 96, 64);
    const out = join(root, 'all.json');
    expect((await run('export', folder, '--out', out, '--include', 'all')).code).toBe(0);
    expect(readCoco(out).images).toHaveLength(1);
    writeFileSync(join(folder, 'text.jpg'), 'hello');
    const { code, stderr } = await run('export', folder, '--out', out, '--include', 'all');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^text\.jpg is left out: /m);
    expect((await run('export', folder, '--out', out)).code).toBe(0);
  });

  test('a project that is open elsewhere is not touched', async () => {
    writeHalves(join(folder, 'a.bmp'), RED, GREEN, 96, 64);
    mkdirSync(join(folder, '.clearlabel'));
    const store = openStore(join(folder, '.clearlabel', 'project.db'));
    const { code, stderr } = await run('prelabel', folder, '--classes', 'sky');
    store.close();
    expect(code).toBe(1);
    expect(stderr).toContain('already open');
  });

  test('Ctrl+C in the middle leaves a valid project and no half file; the next run finishes', async () => {
    for (let i = 0; i < 30; i++)
      writeBmp(join(folder, `${i}.bmp`), 640, 480, (x, y) => [x % 256, y % 256, i]);
    const out = join(root, 'out.json');
    const args = [
      'prelabel',
      folder,
      '--classes',
      'sky, tree',
      '--out',
      out,
      '--overlays',
      join(root, 'overlays'),
    ];
    const features = join(folder, '.clearlabel', 'features');
    const process = start(args);
    // The first feature file shows that the batch is under way.
    while (!existsSync(features) || readdirSync(features, { recursive: true }).length < 4) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.kill('SIGINT');
    expect((await process.ended).code).toBe(130);
    expect(existsSync(out)).toBe(false);
    const leftovers = readdirSync(root, { recursive: true }).filter((name) => String(name).includes('.tmp'));
    expect(leftovers).toEqual([]);
    const store = openStore(join(folder, '.clearlabel', 'project.db'));
    expect(store.images.count()).toBe(30);
    store.close();
    expect((await run(...args)).code).toBe(0);
    expect(readCoco(out).images).toHaveLength(30);
  });
});

describe('models and evaluation', () => {
  test('a checkpoint is checked, imported and listed; a damaged one is refused with the reason', async () => {
    const checkpoint = join(root, 'my model');
    cpSync(join(portableDir, 'checkpoint'), checkpoint, { recursive: true });
    expect((await run('model', 'check', checkpoint)).code).toBe(0);
    expect((await run('model', 'import', checkpoint)).code).toBe(0);
    const list = await run('model', 'list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ isDemo: true }, { folder: checkpoint, patchPx: 16 }]);
    const weights = join(checkpoint, 'model.safetensors');
    writeFileSync(weights, readFileSync(weights).subarray(0, 5000));
    const damaged = await run('model', 'check', checkpoint);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr.length).toBeGreaterThan(20);
    expect((await run('model', 'check', join(root, 'nowhere'))).code).toBeGreaterThan(0);
  });

  test('evaluate prints a table with a column for each method', async () => {
    const scenes = join(root, 'scenes');
    mkdirSync(join(scenes, 'images'), { recursive: true });
    mkdirSync(join(scenes, 'labels'));
    const photo = join(portableDir, 'protocol', 'photo');
    cpSync(join(photo, 'photo.png'), join(scenes, 'images', 'one.png'));
    cpSync(join(photo, 'labels_thd_0.png'), join(scenes, 'labels', 'one.png'));
    cpSync(join(portableDir, 'protocol', 'classes.txt'), join(scenes, 'classes.txt'));
    const { code, stdout } = await run(
      ...['evaluate', scenes, '--short-side', '224', '--crop', '224', '--stride', '112', '--json'],
      ...['--method', 'clearclip', 'clip'],
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      images: number;
      methods: { method: string; meanIou: number; pixelAccuracy: number }[];
    };
    expect(report.images).toBe(1);
    expect(report.methods.map(({ method }) => method)).toEqual(['clearclip', 'clip']);
    // The labels are what the authors' own program answers for this very checkpoint and picture.
    expect(report.methods[0]?.pixelAccuracy).toBeGreaterThan(0.99);
    const table = await run('evaluate', scenes, '--limit', '1');
    expect(table.stdout).toMatch(/class +clearclip +clip/);
  });
});

describe('serve', () => {
  test('prints its address with the token, answers there, and stops at Ctrl+C', async () => {
    writeHalves(join(folder, 'a.bmp'), RED, GREEN, 64, 48);
    const address = Promise.withResolvers<string>();
    const server = start(['serve', folder], (text) => {
      const found = /http:\S+/.exec(text)?.[0];
      if (found !== undefined) address.resolve(found);
    });
    const url = new URL(await address.promise);
    const token = url.searchParams.get('token') ?? '';
    expect(url.hostname).toBe('127.0.0.1');
    expect((await fetch(`${url.origin}/api/project`)).status).toBe(401);
    const answer = await fetch(`${url.origin}/api/project`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ folder, imageCount: 1 });
    server.kill('SIGINT');
    expect((await server.ended).code).toBe(0);
  });
});
