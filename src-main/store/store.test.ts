import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { openStore, type Store } from './store.ts';
import { encodedTiles, rectangleMask, regionRecord, wireTiles } from './testing/masks.ts';

let folder = '';
let file = '';
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearlabel-store-'));
  file = join(folder, 'project.db');
  store = openStore(file);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const size = { widthPx: 640, heightPx: 480 };

function addImage(path = 'a.jpg'): number {
  store.images.syncFiles([{ path, sizeBytes: 10, modifiedMs: 1 }]);
  const id = store.images.byPath(path)?.id ?? 0;
  store.images.setHeader(id, { ...size, orientation: 1, format: 'jpeg', bitDepth: 8, channels: 3 });
  return id;
}

function addCategory(name = 'sky'): number {
  return store.categories.add({
    name,
    color: '#112233',
    prompts: [],
    threshold: 0.3,
    kind: 'thing',
    supercategory: '',
  }).id;
}

function put(
  imageId: number,
  categoryId: number,
  id: string,
  x = 0,
): Parameters<Store['edits']['applyEdit']>[1] {
  return {
    editId: `edit of ${id} at ${x}`,
    label: 'Brush stroke',
    changes: [
      {
        kind: 'put',
        record: regionRecord({ id, imageId, categoryId }),
        allTiles: true,
        tiles: wireTiles(rectangleMask(size, x, 5, 20, 10)),
      },
    ],
  };
}

describe('opening', () => {
  it('says that a project is in use, also to another process, and lets go on close', () => {
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'project/locked' }) as Error);
    const script = `import { openStore } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
      try { openStore(process.argv[1]); } catch (error) { console.log(error.code); }`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script, file], {
      encoding: 'utf8',
    });
    expect(other.stdout.trim()).toBe('project/locked');
    store.close();
    store = openStore(file);
  });

  it('refuses a database of a newer version and leaves it alone', () => {
    store.close();
    const raw = openDatabase(file);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(() => openStore(file)).toThrow(
      expect.objectContaining({ code: 'project/newer-version' }) as Error,
    );
    const again = openDatabase(file);
    expect(again.pragma('user_version')).toBe(99);
    again.exec('PRAGMA user_version = 1');
    again.close();
    store = openStore(file);
  });

  it.each<[string, (path: string) => void]>([
    ['text', (path) => writeFileSync(path, 'this is not a database, however long it may be')],
    [
      'a file of another program',
      (path) => {
        const raw = openDatabase(path);
        raw.exec('CREATE TABLE songs (title TEXT)');
        raw.close();
      },
    ],
  ])('calls %s damaged', (_name, build) => {
    const other = join(folder, 'other.db');
    build(other);
    expect(() => openStore(other)).toThrow(expect.objectContaining({ code: 'project/damaged' }) as Error);
  });

  it('notices bytes that were overwritten', () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    for (let i = 0; i < 300; i++) store.edits.applyEdit(imageId, put(imageId, categoryId, `r${i}`));
    store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 8192, bytes.length - 4096);
    const other = join(folder, 'damaged.db');
    writeFileSync(other, bytes);
    expect(() => openStore(other)).toThrow(expect.objectContaining({ code: 'project/damaged' }) as Error);
  });

  it('asks for another place where nothing can be written', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    chmodSync(folder, 0o755);
    const script = `import { openStore } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
      try { openStore(process.argv[1]); } catch (error) { console.log(error.code); }`;
    // The superuser may write anywhere: become somebody else.
    const isRoot = process.getuid?.() === 0;
    const other = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, join(closed, 'project.db')],
      {
        encoding: 'utf8',
        ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
      },
    );
    expect(other.stdout.trim() + other.stderr).toBe('project/read-only');
  });
});

describe('a full disk', () => {
  it('is reported, loses nothing that was stored, and lets the same edit through later', () => {
    const database = openDatabase(join(folder, 'small.db'));
    database.exec('CREATE TABLE t (x BLOB); PRAGMA max_page_count = 8');
    const write = (): unknown =>
      database.transaction(() => {
        for (let i = 0; i < 20; i++) database.run('INSERT INTO t VALUES (?)', new Uint8Array(4000));
      });
    database.run('INSERT INTO t VALUES (?)', Uint8Array.of(1));
    expect(write).toThrow(expect.objectContaining({ code: 'project/disk-full' }) as Error);
    expect(database.all('SELECT length(x) AS n FROM t')).toEqual([{ n: 1 }]);
    database.exec('PRAGMA max_page_count = 1000');
    write();
    expect(database.all('SELECT 1 FROM t').length).toBe(21);
    database.close();
  });
});

describe('kill -9 in the middle of writing', () => {
  it('keeps every edit that was acknowledged, and none by half', async () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    for (const stopAfter of [1, 25, 60]) {
      const target = join(folder, `killed-${stopAfter}.db`);
      await store.backupTo(target);
      const script = fileURLToPath(new URL('./testing/write-forever.ts', import.meta.url));
      const child = spawn(process.execPath, [script, target, String(imageId), String(categoryId)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.split('\n').length > stopAfter) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.on('close', resolve));
      const acknowledged = output.split('\n').length - 1;
      const reopened = openStore(target);
      const regions = reopened.regions.listForImage(imageId);
      reopened.close();
      expect(acknowledged).toBeGreaterThanOrEqual(stopAfter);
      expect([acknowledged, acknowledged + 1]).toContain(regions.length);
      regions.forEach(({ record, tiles }, count) => {
        expect(record.id).toBe(`region-${count}`);
        expect(record.areaPx).toBe((1 + (count % 100)) * (1 + (count % 50)));
        expect(tiles.length).toBeGreaterThan(0);
      });
    }
  });
});

describe('categories', () => {
  it('keeps a dense order through adding, moving and removing', () => {
    const [a, b, c] = [addCategory('a'), addCategory('b'), addCategory('c')];
    store.categories.update(c, { order: 0, threshold: 0.7, prompts: ['x', 'y'] });
    expect(
      store.categories.list().map(({ id, order, threshold, prompts }) => [id, order, threshold, prompts]),
    ).toEqual([
      [c, 0, 0.7, ['x', 'y']],
      [a, 1, 0.3, []],
      [b, 2, 0.3, []],
    ]);
    store.categories.remove(a, null);
    expect(store.categories.list().map(({ id, order }) => [id, order])).toEqual([
      [c, 0],
      [b, 1],
    ]);
    // The number of a class that is gone is never given again.
    expect(addCategory('d')).toBeGreaterThan(c);
  });

  it('moves regions of a removed class, or drops them, and drops its proposals', () => {
    const imageId = addImage();
    const [a, b] = [addCategory('a'), addCategory('b')];
    store.edits.applyEdit(imageId, put(imageId, a, 'r1'));
    store.proposals.replaceProposals(imageId, [proposal(a, 300)]);
    expect(store.categories.counts()).toEqual(
      new Map([
        [a, { regions: 1, proposals: 1 }],
        [b, { regions: 0, proposals: 0 }],
      ]),
    );
    expect(store.categories.remove(a, b)).toEqual([imageId]);
    expect(store.categories.counts()).toEqual(new Map([[b, { regions: 1, proposals: 0 }]]));
    store.categories.remove(b, null);
    expect(store.regions.count('region')).toBe(0);
  });
});

function proposal(
  categoryId: number,
  x: number,
  width = 20,
): Parameters<Store['proposals']['replaceProposals']>[1][number] {
  return {
    categoryId,
    score: 0.8,
    origin: { model: 'm', method: 'clearclip', prompt: 'sky' },
    areaPx: width * 10,
    box: [x, 5, width, 10],
    tiles: encodedTiles(rectangleMask(size, x, 5, width, 10)),
  };
}

describe('images', () => {
  const files = (...paths: string[]): { path: string; sizeBytes: number; modifiedMs: number }[] =>
    paths.map((path) => ({ path, sizeBytes: 10, modifiedMs: 1 }));

  it('keeps numbers and annotations of files that go and come back', () => {
    store.images.syncFiles(files('a.jpg', 'b.jpg', 'sub/a.jpg'));
    const [a, b] = store.images.ids() as [number, number, number];
    store.images.setHeader(a, { ...size, orientation: 1, format: 'jpeg', bitDepth: 8, channels: 3 });
    store.edits.applyEdit(a, put(a, addCategory(), 'r'));
    expect(store.images.syncFiles(files('sub/a.jpg'))).toEqual({
      added: [],
      changed: [],
      missing: [a, b],
      returned: [],
    });
    // A file that is gone stays in the list while it holds regions.
    expect(
      store.images
        .list({ offset: 0, limit: 9 })
        .images.map(({ path, isMissing, regionCount }) => [path, isMissing, regionCount]),
    ).toEqual([
      ['a.jpg', true, 1],
      ['sub/a.jpg', false, 0],
    ]);
    expect(store.images.syncFiles(files('a.jpg', 'b.jpg', 'sub/a.jpg')).returned).toEqual([a, b]);
    expect(store.images.ids()[0]).toBe(a);
  });

  it('reads a changed file anew and keeps masks from a picture of another size', () => {
    const imageId = addImage();
    store.edits.applyEdit(imageId, put(imageId, addCategory(), 'r'));
    expect(store.images.syncFiles([{ path: 'a.jpg', sizeBytes: 11, modifiedMs: 2 }]).changed).toEqual([
      imageId,
    ]);
    expect(store.images.unprobedIds(9)).toEqual([imageId]);
    store.images.setHeader(imageId, {
      ...size,
      widthPx: 100,
      orientation: 1,
      format: 'jpeg',
      bitDepth: 8,
      channels: 3,
    });
    expect(store.images.require(imageId)).toMatchObject({
      widthPx: 640,
      regionCount: 1,
      problem: { code: 'image/unsupported' },
    });
  });

  it('finds the next image that is to be reviewed in both directions', () => {
    store.images.syncFiles(files('a', 'b', 'c', 'd'));
    const [a, b, c, d] = store.images.ids() as [number, number, number, number];
    store.images.setState(b, 'done');
    store.images.setState(d, 'skipped');
    const { images } = store;
    expect(images.neighbour(null, 'forward', 'unreviewed')).toEqual({ imageId: a, index: 0 });
    expect(images.neighbour(a, 'forward', 'unreviewed')).toEqual({ imageId: c, index: 2 });
    expect(images.neighbour(c, 'forward', 'unreviewed')).toBe(null);
    expect(images.neighbour(null, 'backward', 'unreviewed')).toEqual({ imageId: c, index: 2 });
    expect(images.neighbour(c, 'backward', 'all')).toEqual({ imageId: b, index: 1 });
    expect(images.stateCounts()).toEqual({ todo: 2, 'in-progress': 0, done: 1, 'done-empty': 0, skipped: 1 });
  });

  it('searches for a part of the path literally', () => {
    store.images.syncFiles(files('100%_a.jpg', '100 a.jpg', 'Ärger.jpg'));
    const found = (search: string): string[] =>
      store.images.list({ offset: 0, limit: 9, search }).images.map((image) => image.path);
    expect([found('100%'), found('_'), found('A.JPG'), found('Ärger')]).toEqual([
      ['100%_a.jpg'],
      ['100%_a.jpg'],
      ['100%_a.jpg', '100 a.jpg'],
      ['Ärger.jpg'],
    ]);
  });

  it('knows which images have features of their present file', () => {
    const imageId = addImage();
    const key = { modelId: 'm', method: 'clearclip', protocolKey: 'paper' };
    store.images.setFeatureKey(key);
    expect(store.features.imageIdsWithout(key)).toEqual([imageId]);
    store.features.add(imageId, key);
    expect([
      store.images.require(imageId).hasFeatures,
      store.features.has(imageId, key),
      store.features.imageIdsWithout(key),
    ]).toEqual([true, true, []]);
    store.images.syncFiles([{ path: 'a.jpg', sizeBytes: 99, modifiedMs: 5 }]);
    expect([store.images.require(imageId).hasFeatures, store.features.has(imageId, key)]).toEqual([
      false,
      false,
    ]);
  });
});

describe('edits', () => {
  it('applies an edit that is sent twice once', () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    const edit = put(imageId, categoryId, 'r');
    expect(store.edits.applyEdit(imageId, edit)).toEqual({ revision: 1, isRepeated: false });
    expect(store.edits.applyEdit(imageId, edit)).toEqual({ revision: 1, isRepeated: true });
    expect(store.images.require(imageId)).toMatchObject({ regionCount: 1, state: 'in-progress' });
  });

  it('does nothing at all when one of its changes is wrong', () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    const good = put(imageId, categoryId, 'good').changes[0];
    const other = put(imageId, 777, 'bad').changes[0];
    if (good === undefined || other === undefined) throw new Error('no changes');
    const edit = { editId: 'e', label: '', changes: [good, other] };
    expect(() => store.edits.applyEdit(imageId, edit)).toThrow(
      expect.objectContaining({ code: 'request/invalid' }) as Error,
    );
    expect([store.regions.count('region'), store.images.revision(imageId)]).toEqual([0, 0]);
  });

  it.each<[string, { tileKey: number; runs: string }]>([
    ['a tile outside the image', { tileKey: 6, runs: 'gIAE' }],
    ['runs that do not add up', { tileKey: 0, runs: 'AQI=' }],
    [
      'pixels beyond the border',
      {
        tileKey: 5,
        runs: wireTiles(rectangleMask({ widthPx: 256, heightPx: 256 }, 0, 250, 9, 2))[0]?.runs ?? '',
      },
    ],
  ])('refuses %s', (_name, tile) => {
    const imageId = addImage();
    const record = regionRecord({ id: 'r', imageId, categoryId: addCategory() });
    const edit = {
      editId: 'e',
      label: '',
      changes: [{ kind: 'put' as const, record, allTiles: true, tiles: [tile] }],
    };
    expect(() => store.edits.applyEdit(imageId, edit)).toThrow(
      expect.objectContaining({ code: 'request/invalid' }) as Error,
    );
  });

  it('asks for all tiles of a proposal, which a re-run may have replaced', () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    const { offered } = store.proposals.replaceProposals(imageId, [proposal(categoryId, 30)]);
    const record = {
      ...(offered[0]?.record ?? regionRecord({ id: '', imageId, categoryId })),
      status: 'region' as const,
    };
    const accept = (allTiles: boolean): unknown =>
      store.edits.applyEdit(imageId, {
        editId: 'accept',
        label: 'Accept',
        changes: [
          {
            kind: 'put',
            record,
            allTiles,
            tiles: allTiles ? wireTiles(rectangleMask(size, 30, 5, 20, 10)) : [],
          },
        ],
      });
    expect(() => accept(false)).toThrow(
      expect.objectContaining({ details: { regionId: record.id, needsAllTiles: true } }) as Error,
    );
    accept(true);
    expect(store.regions.get(record.id)).toMatchObject({
      status: 'region',
      areaPx: 200,
      box: [30, 5, 20, 10],
    });
  });
});

describe('proposals', () => {
  it('are replaced by a re-run, regions never', () => {
    const [imageId, a, b] = [addImage(), addCategory('a'), addCategory('b')];
    store.edits.applyEdit(imageId, put(imageId, a, 'mine', 100));
    store.proposals.replaceProposals(imageId, [proposal(a, 300)]);
    // Covered by a region of its class; of another class; overlapping little.
    const result = store.proposals.replaceProposals(imageId, [
      proposal(a, 104),
      proposal(b, 104),
      proposal(a, 115),
    ]);
    expect([result.offered.length, result.withheldCount]).toEqual([2, 1]);
    expect(
      store.regions
        .recordsForImage(imageId)
        .map(({ status, categoryId, box }) => [status, categoryId, box[0]]),
    ).toEqual([
      ['region', a, 100],
      ['proposal', b, 104],
      ['proposal', a, 115],
    ]);
  });

  it('that were turned down are not offered again, unless the rejection is undone', () => {
    const [imageId, categoryId] = [addImage(), addCategory()];
    const { offered } = store.proposals.replaceProposals(imageId, [proposal(categoryId, 50)]);
    const rejected = offered[0];
    if (rejected === undefined) throw new Error('nothing offered');
    const id = rejected.record.id;
    store.edits.applyEdit(imageId, {
      editId: '1',
      label: 'Reject',
      changes: [{ kind: 'remove', regionId: id }],
    });
    expect(store.proposals.replaceProposals(imageId, [proposal(categoryId, 51)]).withheldCount).toBe(1);
    expect(store.proposals.replaceProposals(imageId, [proposal(categoryId, 90)]).withheldCount).toBe(0);
    store.edits.applyEdit(imageId, {
      editId: '2',
      label: 'Undo: Reject',
      changes: [
        {
          kind: 'put',
          record: rejected.record,
          allTiles: true,
          tiles: wireTiles(rectangleMask(size, 50, 5, 20, 10)),
        },
      ],
    });
    expect(store.proposals.replaceProposals(imageId, [proposal(categoryId, 51)]).withheldCount).toBe(0);
  });
});

describe('numbers for export', () => {
  it('start at 1, have no gaps and stay', () => {
    expect([...store.exportIds.annotationIds(['x', 'y'])]).toEqual([
      ['x', 1],
      ['y', 2],
    ]);
    expect([...store.exportIds.annotationIds(['z', 'y'])]).toEqual([
      ['z', 3],
      ['y', 2],
    ]);
    expect([...store.exportIds.imageIds([40])]).toEqual([[40, 1]]);
  });
});

it('remembers settings, the view, jobs and text features', () => {
  expect(store.settings.patchSettings({ protocol: 'whole' })).toMatchObject({
    protocol: 'whole',
    method: 'clearclip',
  });
  store.settings.setView({ imageId: 7, json: '{"zoom":2}' });
  store.jobs.save({ id: 'j', kind: 'prelabel', state: 'running', payload: { done: 3 } });
  store.features.addTextVectors('m', 't', new Map([['sky', Float32Array.of(1, 2, 3)]]));
  store.close();
  store = openStore(file);
  expect(store.settings.settings().protocol).toBe('whole');
  expect(store.settings.view()).toEqual({ imageId: 7, json: '{"zoom":2}' });
  expect(store.jobs.list('running')).toMatchObject([{ id: 'j', payload: { done: 3 } }]);
  expect(store.features.textVectors('m', 't', ['sky', 'tree'])).toEqual(
    new Map([['sky', Float32Array.of(1, 2, 3)]]),
  );
});
