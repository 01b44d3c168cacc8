// The four workers of the application, wired: imaging, the two towers of the model (two processes, so that a name
// can be encoded while the batch runs) and segmentation. Only entry points create them.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { imagingClient, inferenceClient, segmentClient } from './clients.ts';
import type { ImagingWorkerApi, InferenceWorkerApi, SegmentWorkerApi } from './messages.ts';
import type { SpawnWorker } from './spawn.ts';
import { WorkerHost } from './worker-host.ts';

export interface AppWorkers {
  imaging: ImagingWorkerApi;
  imageTower: InferenceWorkerApi;
  textTower: InferenceWorkerApi;
  segment: SegmentWorkerApi;
  hosts: { imaging: WorkerHost; imageTower: WorkerHost; textTower: WorkerHost; segment: WorkerHost };
  stop(): Promise<void>;
}

const IMAGING_TIMEOUT_MS = 180_000;

/** Nothing is started until the first call. `spawn` replaces Node's spawner (Electron's utility process, fakes). */
export function createAppWorkers(options: { spawn?: SpawnWorker } = {}): AppWorkers {
  const inferenceEntry = workerEntry('inference');
  const hosts = {
    imaging: new WorkerHost(
      {
        name: 'imaging',
        kind: 'process',
        entry: workerEntry('imaging'),
        concurrency: 2,
        onCancel: 'forget',
        callTimeoutMs: IMAGING_TIMEOUT_MS,
      },
      options,
    ),
    imageTower: new WorkerHost({ name: 'image encoder', kind: 'process', entry: inferenceEntry }, options),
    textTower: new WorkerHost({ name: 'text encoder', kind: 'process', entry: inferenceEntry }, options),
    segment: new WorkerHost({ name: 'segmentation', kind: 'thread', entry: workerEntry('segment') }, options),
  };
  return {
    imaging: imagingClient(hosts.imaging),
    imageTower: inferenceClient(hosts.imageTower),
    textTower: inferenceClient(hosts.textTower),
    segment: segmentClient(hosts.segment),
    hosts,
    stop: async () => void (await Promise.all(Object.values(hosts).map((host) => host.stop()))),
  };
}

/** The entry file of a worker: `.ts` beside this file when run from the sources, `.js` in the bundle. */
function workerEntry(name: 'imaging' | 'inference' | 'segment'): URL {
  const candidates = [
    `./${name}-entry.ts`,
    `./${name}-entry.js`,
    `./workers/${name}-entry.js`,
    `../${name}-entry.js`,
  ];
  for (const candidate of candidates) {
    const url = new URL(candidate, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Error(`worker entry "${name}" not found beside ${import.meta.url}`);
}
