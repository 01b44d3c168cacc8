import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { portableDir } from '#root/scripts/testing/fixtures.ts';
import { createAppWorkers } from './app-workers.ts';

const workers = createAppWorkers();
afterAll(() => workers.stop());

describe('the workers of the application', () => {
  it('start nothing until they are asked', () => {
    const fresh = createAppWorkers();
    expect(Object.values(fresh.hosts).map((host) => host.state)).toEqual(['idle', 'idle', 'idle', 'idle']);
  });

  it('decode and encode pictures in the imaging process', async () => {
    const rgb = Uint8Array.from({ length: 12 }, (_, index) => index * 20);
    const picture = await workers.imaging.encode({ rgb, widthPx: 2, heightPx: 2, format: 'png' });
    expect(picture).toMatchObject({ mimeType: 'image/png', widthPx: 2, heightPx: 2 });
    await expect(workers.imaging.probe({ path: join(portableDir, 'gone.jpg') })).rejects.toMatchObject({
      code: 'image/missing',
    });
  });

  it('read a checkpoint in both inference processes', async () => {
    const request = { folder: join(portableDir, 'checkpoint'), checkValues: false };
    const [image, text] = await Promise.all([
      workers.imageTower.inspectModel(request),
      workers.textTower.inspectModel(request),
    ]);
    expect(image.modelId).toBe(text.modelId);
    expect(workers.hosts.imageTower.state).toBe('running');
  });

  it('segment in a thread and explain a feature file that is not there', async () => {
    const request = {
      featureFile: join(portableDir, 'gone.feat'),
      classes: [],
      textFeatures: new Float32Array(0),
      logitScale: 50,
      minAreaPx: 0,
    };
    await expect(workers.segment.segment(request)).rejects.toMatchObject({ name: 'AppError' });
    expect(workers.hosts.segment.state).toBe('running');
  });
});
