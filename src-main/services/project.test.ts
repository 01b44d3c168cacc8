import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildBmp, buildPng } from '#main/imaging/testing/build-files.ts';
import { createImagingWorker } from '#main/imaging/imaging-worker.ts';
import type { ImagingWorkerApi } from '#main/workers/messages.ts';
import type { EventWire } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { backUpIfDue, listBackups } from './backups.ts';
import { openProject, type OpenProject } from './project.ts';

const imaging = createImagingWorker();
let root = '';
let folder = '';
let projects: OpenProject[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'clearlabel-project-')));
  folder = join(root, 'photos');
  mkdirSync(folder);
});
afterEach(async () => {
  await Promise.all(projects.map((project) => project.close()));
  projects = [];
  rmSync(root, { recursive: true, force: true });
});

async function open(
  options: {
    folder?: string;
    storageFolder?: string | null;
    isLive?: boolean;
    imaging?: ImagingWorkerApi;
  } = {},
): Promise<OpenProject> {
  const request = { folder: options.folder ?? folder, storageFolder: options.storageFolder ?? null };
  const project = await openProject(request, {
    imaging: options.imaging ?? imaging,
    isLive: options.isLive ?? false,
  });
  projects.push(project);
  return project;
}

function picture(widthPx = 3, heightPx = 2): Uint8Array {
  const pixels = new Uint8Array(Math.ceil((widthPx * 24) / 32) * 4 * heightPx).fill(90);
  return buildBmp({ widthPx, heightPx, bitsPerPixel: 24, pixels });
}

function write(path: string, bytes = picture()): void {
  writeFileSync(join(folder, path), bytes);
}

function paths(project: OpenProject): string[] {
  return project.store.images.list({ offset: 0, limit: 100_000 }).images.map((image) => image.path);
}

function nextEvent(project: OpenProject, type: EventWire['type']): Promise<EventWire> {
  return new Promise((resolve) => {
    const stop = project.events.subscribe((event) => {
      if (event.type !== type) return;
      stop();
      resolve(event);
    });
  });
}

describe('opening a folder', () => {
  it('writes nothing but its own folder', async () => {
    write('a.bmp');
    const project = await open();
    expect(paths(project)).toEqual(['a.bmp']);
    expect(project.name).toBe('photos');
    await project.close();
    expect(readdirSync(folder).sort()).toEqual(['.clearlabel', 'a.bmp']);
  });

  it('finds everything again after closing and moving the folder', async () => {
    write('a.bmp');
    write('é 中 #%.bmp');
    const first = await open();
    const [id] = first.store.images.ids() as [number];
    first.store.images.setState(id, 'done');
    first.store.settings.setView({ imageId: id, json: '{"zoom":3}' });
    await first.close();
    const moved = join(root, 'moved');
    renameSync(folder, moved);
    const second = await open({ folder: moved });
    expect(paths(second)).toEqual(['a.bmp', 'é 中 #%.bmp']);
    expect(second.store.images.require(id).state).toBe('done');
    expect(second.store.settings.view()).toEqual({ imageId: id, json: '{"zoom":3}' });
  });

  it('tells the second window that the project is open', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'project/locked' });
  });

  it('says that a folder is missing', async () => {
    await expect(open({ folder: join(root, 'gone') })).rejects.toMatchObject({
      code: 'project/folder-missing',
    });
  });

  it('names the last backup of a damaged database and leaves the file alone', async () => {
    write('a.bmp');
    const project = await open();
    const backup = await backUpIfDue(project.store, project.pathIn('backup'), Date.now());
    await project.close();
    const file = join(folder, '.clearlabel', 'project.db');
    for (const content of ['garbage, '.repeat(500), '']) {
      writeFileSync(file, content);
      await expect(open()).rejects.toMatchObject({ code: 'project/damaged', details: { backup } });
      expect(existsSync(file)).toBe(true);
    }
  });
});

describe('a folder that cannot be written', () => {
  it('asks for another place', () => {
    chmodSync(root, 0o755);
    chmodSync(folder, 0o555);
    const script = `import { openProject } from ${JSON.stringify(new URL('./project.ts', import.meta.url).href)};
      await openProject({ folder: process.argv[1], storageFolder: null }, { imaging: {} }).catch((error) =>
        console.log(JSON.stringify([error.code, error.details.needsStorageFolder])));`;
    // The superuser may write anywhere: become somebody else.
    const isRoot = process.getuid?.() === 0;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, folder], {
      encoding: 'utf8',
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    expect(child.stdout.trim() + child.stderr).toBe('["project/read-only",true]');
  });

  it('keeps its own files elsewhere, and is opened again from either place', async () => {
    write('a.bmp');
    const elsewhere = join(root, 'elsewhere');
    const first = await open({ storageFolder: elsewhere });
    const [id] = first.store.images.ids() as [number];
    first.store.images.setState(id, 'skipped');
    expect(first.storageFolder).toBe(join(elsewhere, 'photos.clearlabel'));
    await first.close();
    expect(readdirSync(folder)).toEqual(['a.bmp']);
    const again = await open({ storageFolder: elsewhere });
    expect(again.store.images.require(id).state).toBe('skipped');
    await again.close();
    const fromStorage = await open({ folder: join(elsewhere, 'photos.clearlabel') });
    expect([fromStorage.folder, fromStorage.store.images.require(id).state]).toEqual([folder, 'skipped']);
    await fromStorage.close();
    // Both moved together: the way from one to the other is the same.
    const target = join(root, 'disk');
    mkdirSync(target);
    renameSync(folder, join(target, 'photos'));
    renameSync(elsewhere, join(target, 'elsewhere'));
    const moved = await open({ folder: join(target, 'elsewhere', 'photos.clearlabel') });
    expect(moved.folder).toBe(join(target, 'photos'));
  });
});

describe('headers', () => {
  it('are read in the background; damaged images are listed with the reason', async () => {
    write('good.bmp');
    write('empty.jpg', new Uint8Array(0));
    write('text.png', Buffer.from('hello'));
    write(
      'bomb.png',
      buildPng({
        widthPx: 60_000,
        heightPx: 60_000,
        bitDepth: 8,
        colour: 2,
        rows: [{ filter: 0, bytes: new Uint8Array(9) }],
      }),
    );
    const project = await open({ isLive: true });
    await project.headersRead;
    const { images } = project.store.images.list({ offset: 0, limit: 9 });
    expect(images.map(({ path, widthPx, problem }) => [path, widthPx, problem?.code ?? null])).toEqual([
      ['bomb.png', 0, 'image/too-large'],
      ['empty.jpg', 0, 'image/empty-file'],
      ['good.bmp', 3, null],
      ['text.png', 0, 'image/unsupported'],
    ]);
    expect(project.store.images.problemCount()).toBe(3);
  });

  it('are read at once for an image that is asked for, and once only', async () => {
    write('a.bmp');
    let probes = 0;
    const counting: ImagingWorkerApi = { ...imaging, probe: (request) => (probes++, imaging.probe(request)) };
    const project = await open({ imaging: counting });
    const [id] = project.store.images.ids() as [number];
    const [first, second] = await Promise.all([
      project.access.ensureProbed(id),
      project.access.ensureProbed(id),
    ]);
    expect([first.widthPx, second.widthPx, (await project.access.ensureProbed(id)).widthPx, probes]).toEqual([
      3, 3, 3, 1,
    ]);
  });

  it('are read of every image but the one that kills the decoder', async () => {
    for (const name of ['a.bmp', 'b.bmp', 'c.bmp', 'killer.bmp', 'x.bmp', 'y.bmp']) write(name);
    let underWay: ((error: unknown) => void)[] = [];
    const crashing: ImagingWorkerApi = {
      ...imaging,
      probe: (request) =>
        new Promise((resolve, reject) => {
          underWay.push(reject);
          imaging.probe(request).then(resolve, reject);
          if (!request.path.endsWith('killer.bmp')) return;
          // Like a process that dies: whatever was under way is lost with it.
          for (const lose of underWay) lose(new AppError('process/exited', 'The imaging process stopped.'));
          underWay = [];
        }),
    };
    const project = await open({ isLive: true, imaging: crashing });
    await project.headersRead;
    const { images } = project.store.images.list({ offset: 0, limit: 9 });
    expect(images.filter((image) => image.problem !== null).map((image) => image.path)).toEqual([
      'killer.bmp',
    ]);
    expect(images.filter((image) => image.widthPx === 3).length).toBe(5);
  });

  it('treats a file that goes before it is read as gone, and reads it when it is back', async () => {
    write('a.bmp');
    const project = await open();
    const [id] = project.store.images.ids() as [number];
    rmSync(join(folder, 'a.bmp'));
    expect(await project.access.ensureProbed(id)).toMatchObject({ isMissing: true, problem: null });
    write('a.bmp');
    await project.rescan();
    expect(await project.access.ensureProbed(id)).toMatchObject({ isMissing: false, widthPx: 3 });
  });

  it('list an image whose pixels turn out to be missing', async () => {
    const png = buildPng({
      widthPx: 50,
      heightPx: 50,
      bitDepth: 8,
      colour: 2,
      rows: [{ filter: 0, bytes: new Uint8Array(3) }],
    });
    write('cut.png', png);
    const project = await open();
    const [id] = project.store.images.ids() as [number];
    expect((await project.access.ensureProbed(id)).problem).toBe(null);
    const told = nextEvent(project, 'image');
    await expect(project.access.thumbnail(id, 64)).rejects.toMatchObject({ code: 'image/truncated' });
    expect(await told).toMatchObject({ image: { id, problem: { code: 'image/truncated' } } });
  });
});

describe('files of images', () => {
  it('are reached only where the listing found them', async () => {
    write('a.bmp');
    mkdirSync(join(root, 'outside'));
    writeFileSync(join(root, 'outside', 'secret.bmp'), picture());
    writeFileSync(join(root, 'outside', 'linked.bmp'), picture());
    symlinkSync(join(root, 'outside', 'linked.bmp'), join(folder, 'linked.bmp'));
    const project = await open();
    const byPath = (path: string): { path: string } => ({ path });
    expect(project.pathOf(byPath('a.bmp'))).toBe(join(folder, 'a.bmp'));
    expect(project.pathOf(byPath('linked.bmp'))).toBe(join(root, 'outside', 'linked.bmp'));
    for (const path of ['../outside/secret.bmp', '../../etc/passwd']) {
      expect(() => project.pathOf(byPath(path))).toThrow(
        expect.objectContaining({
          code: expect.toBeOneOf(['request/forbidden', 'image/missing']) as unknown,
        }) as Error,
      );
    }
    // The link is bent after the listing.
    rmSync(join(folder, 'a.bmp'));
    symlinkSync(join(root, 'outside', 'secret.bmp'), join(folder, 'a.bmp'));
    expect(() => project.pathOf(byPath('a.bmp'))).toThrow(
      expect.objectContaining({ code: 'request/forbidden' }) as Error,
    );
    rmSync(join(folder, 'a.bmp'));
    expect(() => project.pathOf(byPath('a.bmp'))).toThrow(
      expect.objectContaining({ code: 'image/missing' }) as Error,
    );
  });

  it('have thumbnails that are kept until the file changes', async () => {
    write('a.bmp');
    let made = 0;
    const counting: ImagingWorkerApi = {
      ...imaging,
      thumbnail: (request) => (made++, imaging.thumbnail(request)),
    };
    const project = await open({ imaging: counting });
    const [id] = project.store.images.ids() as [number];
    const first = await project.access.thumbnail(id, 64);
    const second = await project.access.thumbnail(id, 64);
    expect([made, Buffer.compare(first.bytes, second.bytes)]).toEqual([1, 0]);
    write('a.bmp', picture(30, 20));
    await project.rescan();
    expect(await project.access.thumbnail(id, 64)).toMatchObject({ widthPx: 30, heightPx: 20 });
    expect(made).toBe(2);
  });
});

describe('a folder that changes while open', () => {
  it('shows files that come, and keeps the annotations of files that go', async () => {
    write('a.bmp');
    const project = await open({ isLive: true });
    await project.watchReady();
    const id = project.store.images.ids()[0] ?? 0;
    await project.access.ensureProbed(id);
    await project.headersRead;
    project.store.categories.add({
      name: 'x',
      color: '#000000',
      prompts: [],
      threshold: 0,
      kind: 'thing',
      supercategory: '',
    });
    project.store.proposals.addRegions(id, [
      { categoryId: project.store.categories.list()[0]?.id ?? 0, source: 'human', isCrowd: false, tiles: [] },
    ]);

    let told = nextEvent(project, 'images-changed');
    write('b.bmp');
    expect(await told).toEqual({ type: 'images-changed', reason: 'watch' });
    expect(paths(project)).toEqual(['a.bmp', 'b.bmp']);
    await project.headersRead;

    told = nextEvent(project, 'images-changed');
    rmSync(join(folder, 'a.bmp'));
    rmSync(join(folder, 'b.bmp'));
    await told;
    expect(project.store.images.require(id)).toMatchObject({ isMissing: true, regionCount: 1 });
    expect(paths(project)).toEqual(['a.bmp']);

    told = nextEvent(project, 'images-changed');
    write('a.bmp');
    await told;
    expect(project.store.images.require(id)).toMatchObject({ isMissing: false, regionCount: 1 });
  });
});

describe('backups', () => {
  it('are made once a day, and three are kept', async () => {
    write('a.bmp');
    const project = await open();
    const backupFolder = project.pathIn('backup');
    const day = 24 * 3600 * 1000;
    const start = Date.UTC(2026, 0, 1, 12);
    expect(await backUpIfDue(project.store, backupFolder, start)).not.toBe(null);
    expect(await backUpIfDue(project.store, backupFolder, start + day / 2)).toBe(null);
    for (let i = 1; i < 5; i++) await backUpIfDue(project.store, backupFolder, start + i * day);
    const backups = await listBackups(backupFolder);
    expect(backups.map((path) => path.slice(-22, -3))).toEqual([
      '2026-01-05T12-00-00',
      '2026-01-04T12-00-00',
      '2026-01-03T12-00-00',
    ]);
    await project.close();
    renameSync(backups[0] ?? '', join(folder, '.clearlabel', 'project.db'));
    expect(paths(await open())).toEqual(['a.bmp']);
  });
});

it('opens 10 000 images', async () => {
  for (let index = 0; index < 10_000; index++) write(`${index}.bmp`);
  utimesSync(join(folder, '0.bmp'), 1, 1);
  let start = performance.now();
  const first = await open();
  console.info(`10 000 images opened the first time in ${Math.round(performance.now() - start)} ms`);
  expect(first.store.images.count()).toBe(10_000);
  await first.close();
  start = performance.now();
  const second = await open();
  console.info(`10 000 images opened again in ${Math.round(performance.now() - start)} ms`);
  expect(second.store.images.list({ offset: 9990, limit: 50 }).images.length).toBe(10);
});
