// A graphics driver that takes the encoder process along: after three deaths the work goes on with the CPU, no image
// is lost, and everybody is told why. The "process" here is a channel that dies when WebGPU is asked to encode.

import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EventWire } from '#shared/contract/wire.ts';
import { createColorClip } from '../../scripts/testing/color-clip.ts';
import { createTestBench, inProcessWorkers, type TestBench } from '../../scripts/testing/test-application.ts';
import { BLUE, GREEN, RED, writeHalves } from '../../scripts/testing/test-images.ts';
import { inferenceClient } from '../workers/clients.ts';
import type { InferenceWorkerApi, OpenModelResult } from '../workers/messages.ts';
import type { SpawnWorker, WorkerChannel } from '../workers/spawn.ts';
import { WorkerHost } from '../workers/worker-host.ts';
import type { FromWorker } from '../workers/worker-protocol.ts';
import { addCategories } from './vocabulary.ts';

let bench: TestBench;
afterEach(() => bench.dispose());

/** Serves the API over a channel; dies without a word when it encodes on the graphics card. */
function fragileSpawn(
  clip: InferenceWorkerApi,
  deaths: { count: number },
  diesAt: 'encode' | 'open',
): SpawnWorker {
  return () => {
    let provider = '';
    let tellExit = (): void => undefined;
    let send = (_message: FromWorker): void => undefined;
    const die = (): void => {
      deaths.count += 1;
      setImmediate(tellExit);
    };
    const channel: WorkerChannel = {
      post(message) {
        if (message.type === 'stop') return void setImmediate(tellExit);
        const request = message.payload as { provider?: string };
        if (message.method === 'openModel') provider = request.provider === 'cpu' ? 'cpu' : 'webgpu';
        const diesNow = message.method === (diesAt === 'open' ? 'openModel' : 'encodeImage');
        if (diesNow && provider === 'webgpu') return die();
        const method = message.method as keyof InferenceWorkerApi;
        const answering = Reflect.apply(
          Reflect.get(clip, method) as (payload: unknown) => Promise<unknown>,
          clip,
          [message.payload],
        );
        void answering.then((value) => {
          const answer = method === 'openModel' ? { ...(value as OpenModelResult), provider } : value;
          send({ type: 'result', id: message.id, value: answer });
        });
      },
      onMessage(listener) {
        send = listener;
        setImmediate(() => listener({ type: 'ready' }));
      },
      onExit(listener) {
        tellExit = () => listener({ reason: 'signal SIGSEGV', stderrTail: '' });
      },
      kill: () => void setImmediate(tellExit),
    };
    return channel;
  };
}

test.each(['encode', 'open'] as const)(
  'a driver that dies at %s leads to the CPU, with every image done',
  async (diesAt) => {
    const clip = createColorClip();
    const deaths = { count: 0 };
    const workers = inProcessWorkers(clip);
    const spawn = fragileSpawn(clip, deaths, diesAt);
    const imageHost = new WorkerHost({ name: 'image encoder', kind: 'process', entry: 'none' }, { spawn });
    workers.hosts.imageTower = imageHost;
    workers.imageTower = inferenceClient(imageHost);
    bench = await createTestBench({ workers });
    const { application } = bench;
    const events: EventWire[] = [];
    application.events.subscribe((event) => events.push(event));
    for (const name of ['a', 'b', 'c'])
      writeHalves(join(bench.folder, `${name}.bmp`), RED, name === 'b' ? GREEN : BLUE);
    const project = await application.openProject({ folder: bench.folder, storageFolder: null });
    addCategories(project.store, 'red, green, blue');
    const job = application.startPrelabel({ imageIds: null });
    expect(await application.jobs.finished(job.id)).toMatchObject({ state: 'done', done: 3, failures: [] });
    expect(deaths.count).toBe(3);
    expect(application.models.provider).toMatchObject({
      name: 'cpu',
      reason: expect.stringContaining('SIGSEGV') as string,
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'notice', level: 'warning' }));
  },
);
