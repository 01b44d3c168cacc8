import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isInside, scanFolder } from './scan.ts';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'clearlabel-scan-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'x');
  }
}

async function scannedPaths(folder = root): Promise<string[]> {
  return (await scanFolder(folder)).files.map((file) => file.path);
}

it('keeps every name exactly as the file system spells it', async () => {
  const names = [
    'with blank.jpg',
    'a#b%20c.png',
    `quo'te"d.webp`,
    '中文照片.jpg',
    'emoji 🦊.gif',
    'caf\u00e9.tif',
    'cafe\u0301.tif',
    'UPPER.JPG',
    '..two dots.jpg',
  ];
  const visible = names.filter((name) => !name.startsWith('.'));
  write(...names);
  expect((await scannedPaths()).sort()).toEqual(visible.sort());
});

it('skips hidden files, its own folder and what is no picture, quietly', async () => {
  write(
    'a.jpg',
    '.hidden.jpg',
    '._a.jpg',
    '.clearlabel/thumbnails/1.webp',
    'x.clearlabel/1.webp',
    'notes.txt',
    'Thumbs.db',
    'jpg',
    'archive.jpg.zip',
    '.git/x.png',
  );
  expect(await scannedPaths()).toEqual(['a.jpg']);
});

it('lists two pictures of the same name in two folders', async () => {
  write('a/1.jpg', 'b/1.jpg', '1.jpg');
  expect(await scannedPaths()).toEqual(['1.jpg', 'a/1.jpg', 'b/1.jpg']);
});

it('follows links once and never in circles', async () => {
  write('in/a.jpg', 'in/deep/b.jpg');
  symlinkSync(root, join(root, 'in', 'circle'));
  symlinkSync(join(root, 'in'), join(root, 'again'));
  symlinkSync('self', join(root, 'self'));
  symlinkSync(join(root, 'in', 'a.jpg'), join(root, 'same.jpg'));
  symlinkSync(join(root, 'nowhere'), join(root, 'broken.jpg'));
  expect(await scannedPaths()).toEqual(['in/a.jpg', 'in/deep/b.jpg']);
});

it('follows links to other places and says where they lead', async () => {
  write(
    'photos/here.jpg',
    'elsewhere/there.jpg',
    'elsewhere/sub/deep.jpg',
    'single/one.jpg',
    'single/two.jpg',
  );
  const folder = join(root, 'photos');
  symlinkSync(join(root, 'elsewhere'), join(folder, 'linked'));
  symlinkSync(join(root, 'elsewhere'), join(folder, 'linked twice'));
  symlinkSync(join(root, 'single', 'one.jpg'), join(folder, 'one.jpg'));
  const { files, linkedFolders, linkedFiles } = await scanFolder(folder);
  const paths = files.map((file) => file.path);
  expect(paths.filter((path) => !path.startsWith('linked'))).toEqual(['here.jpg', 'one.jpg']);
  expect(paths.filter((path) => path.startsWith('linked')).length).toBe(2);
  expect({ linkedFolders, linkedFiles }).toEqual({
    linkedFolders: [join(root, 'elsewhere')],
    linkedFiles: [join(root, 'single', 'one.jpg')],
  });
});

it('shows a picture through its link when its own name does not tell that it is one', async () => {
  write('blobs/8f3a', 'plain.jpg');
  symlinkSync(join(root, 'blobs', '8f3a'), join(root, 'linked.jpg'));
  expect(await scannedPaths()).toEqual(['linked.jpg', 'plain.jpg']);
});

it('fails only when the folder itself cannot be read', async () => {
  await expect(scanFolder(join(root, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await scannedPaths()).toEqual([]);
});

it('does not take a neighbour with a longer name for the inside', () => {
  expect([
    isInside('/a/b', '/a/b'),
    isInside('/a/b', '/a/b/c'),
    isInside('/a/b', '/a/bc'),
    isInside('/', '/x'),
  ]).toEqual([true, true, false, true]);
});

it('lists 10 000 files', async () => {
  for (let index = 0; index < 10_000; index++) {
    if (index % 1000 === 0) mkdirSync(join(root, `f${index / 1000}`));
    writeFileSync(join(root, `f${Math.floor(index / 1000)}`, `${index}.jpg`), '');
  }
  const start = performance.now();
  const paths = await scannedPaths();
  console.info(`10 000 files listed in ${Math.round(performance.now() - start)} ms`);
  expect(paths.length).toBe(10_000);
  expect([paths[0], paths[1], paths[9999]]).toEqual(['f0/0.jpg', 'f0/1.jpg', 'f9/9999.jpg']);
});
