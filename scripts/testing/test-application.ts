// An application for tests: real store, real temporary folders, real decoding and segmentation inside this process;
// only the model is the colour stand-in.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi, type Api } from '#main/api/api.ts';
import { createImagingWorker } from '#main/imaging/imaging-worker.ts';
import { createSegmentWorker } from '#main/inference/segment/segment-worker.ts';
import type { AppWorkers } from '#main/workers/app-workers.ts';
import { WorkerHost } from '#main/workers/worker-host.ts';
import { createApplication, type Application, type ApplicationOptions } from '#main/services/application.ts';
import { createColorClip, type ColorClip } from './color-clip.ts';

export interface TestBench {
  /** Temporary root; removed by `dispose`. */
  root: string;
  /** Image folder inside the root. */
  folder: string;
  clip: ColorClip;
  application: Application;
  api: Api;
  /** Starts the application anew on the same data, as after a crash or a restart. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export async function createTestBench(options: Partial<ApplicationOptions> = {}): Promise<TestBench> {
  const root = mkdtempSync(join(tmpdir(), 'clearlabel-test-'));
  const folder = join(root, 'photos');
  const modelFolder = join(root, 'model');
  mkdirSync(folder);
  mkdirSync(modelFolder);
  writeFileSync(join(modelFolder, 'model.safetensors'), '');
  const clip = createColorClip();
  const start = (): Promise<Application> =>
    createApplication({
      host: 'test',
      canOpenFolders: true,
      dataFolder: join(root, 'home'),
      demoModelFolder: modelFolder,
      workers: inProcessWorkers(clip),
      ...options,
    });
  const application = await start();
  const bench: TestBench = {
    root,
    folder,
    clip,
    application,
    api: createApi(application),
    async restart() {
      await bench.application.close();
      bench.application = await start();
      bench.api = createApi(bench.application);
      await bench.application.openProject({ folder, storageFolder: null });
    },
    async dispose() {
      await bench.application.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return bench;
}

export function inProcessWorkers(clip: ColorClip): AppWorkers {
  const host = (name: string): WorkerHost =>
    new WorkerHost(
      { name, kind: 'process', entry: 'none' },
      {
        spawn: () => {
          throw new Error('no worker is started in this test');
        },
      },
    );
  return {
    imaging: createImagingWorker(),
    imageTower: clip,
    textTower: clip,
    segment: createSegmentWorker(),
    hosts: {
      imaging: host('imaging'),
      imageTower: host('image encoder'),
      textTower: host('text encoder'),
      segment: host('segmentation'),
    },
    stop: () => Promise.resolve(),
  };
}
