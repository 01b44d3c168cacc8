// Copies of the project database, made on opening at most once a day; the last three are kept.

import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '#main/store/store.ts';

const KEPT = 3;
const INTERVAL_MS = 24 * 3600 * 1000;
const NAME = /^project-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2})\.db$/;

/** Paths of the backups, newest first. */
export async function listBackups(backupFolder: string): Promise<string[]> {
  const names = await readdir(backupFolder).catch(() => []);
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(backupFolder, name));
}

/** Makes a backup when the newest one is older than a day. Returns its path, or null when none was due. */
export async function backUpIfDue(store: Store, backupFolder: string, nowMs: number): Promise<string | null> {
  const [newest] = await listBackups(backupFolder);
  if (newest !== undefined && nowMs - timeOf(newest) < INTERVAL_MS) return null;
  await mkdir(backupFolder, { recursive: true });
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-');
  const target = join(backupFolder, `project-${stamp}.db`);
  const unfinished = `${target}.tmp`;
  await rm(unfinished, { force: true });
  await store.backupTo(unfinished);
  await rename(unfinished, target);
  const old = (await listBackups(backupFolder)).slice(KEPT);
  await Promise.all(old.map((path) => rm(path, { force: true })));
  return target;
}

function timeOf(path: string): number {
  const stamp = /(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})\.db$/.exec(path);
  return stamp === null ? 0 : Date.parse(`${stamp[1]}T${stamp[2]}:${stamp[3]}:${stamp[4]}Z`);
}
