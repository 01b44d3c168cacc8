// The jobs of one open project: pre-labelling that survives a restart, exports, and the events they send.

import type { ImageId } from '#shared/annotation/records.ts';
import { jobSchema, type JobWire } from '#shared/contract/wire.ts';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type { EventBus } from './event-bus.ts';
import { isActive, Jobs, type JobHandle } from './jobs.ts';
import { prepareLabelling, type LabellingContext } from './labelling.ts';
import { runPrelabel } from './prelabel.ts';
import type { OpenProject } from './project.ts';
import { requireUsable } from './usable-image.ts';

/** What a stored pre-label job consists of; the order of the images is fixed when it starts. */
const storedPrelabelSchema = z.object({ job: jobSchema, imageIds: z.array(z.int()) });

/** Progress of one job is told and stored at most this often; changes of state always. */
const EVENT_INTERVAL_MS = 100;
const PERSIST_INTERVAL_MS = 1000;

export interface ProjectJobs {
  readonly jobs: Jobs;
  /** @throws AppError `vocabulary/invalid` when there are no classes; answers the running job if there is one */
  startPrelabel(imageIds: readonly ImageId[] | null): JobWire;
  /** Goes on with what a closed or killed program left. */
  resumeUnfinished(): void;
  runExport<T>(run: (handle: JobHandle) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createProjectJobs(
  context: () => LabellingContext,
  project: OpenProject,
  events: EventBus,
): ProjectJobs {
  const { store } = project;
  const imageIdsOf = new Map<string, readonly ImageId[]>();
  const jobs = new Jobs({
    onChange: throttled(EVENT_INTERVAL_MS, (job) => events.publish({ type: 'job', job })),
    persist: throttled(PERSIST_INTERVAL_MS, (job) => {
      const imageIds = imageIdsOf.get(job.id);
      if (imageIds !== undefined) persistPrelabel(project, job, imageIds);
    }),
  });

  const start = (imageIds: readonly ImageId[], resumed?: JobWire): JobWire => {
    const id = resumed?.id ?? crypto.randomUUID();
    imageIdsOf.set(id, imageIds);
    return jobs.start({
      kind: 'prelabel',
      total: imageIds.length,
      id,
      ...(resumed === undefined ? {} : { resumed }),
      run: (handle) => prelabel(context(), imageIds, resumed?.done ?? 0, handle, events),
    });
  };

  return {
    jobs,
    startPrelabel(imageIds) {
      const running = jobs.running('prelabel');
      if (running !== null) return running;
      if (store.categories.list().length === 0) {
        throw new AppError(
          'vocabulary/invalid',
          'Type the names of the classes first, for example "sky, tree, house".',
        );
      }
      for (const stored of store.jobs.list()) if (stored.kind === 'prelabel') store.jobs.remove(stored.id);
      return start(imageIds ?? openImageIds(project));
    },
    resumeUnfinished() {
      for (const stored of [...store.jobs.list('running'), ...store.jobs.list('paused')]) {
        const parsed = storedPrelabelSchema.safeParse(stored.payload);
        if (parsed.success) start(parsed.data.imageIds, parsed.data.job);
        else store.jobs.remove(stored.id);
      }
    },
    async runExport<T>(run: (handle: JobHandle) => Promise<T>): Promise<T> {
      const answer = Promise.withResolvers<T>();
      jobs.start({
        kind: 'export',
        total: 0,
        run: async (handle) => {
          const work = run(handle);
          work.then(answer.resolve, answer.reject);
          await work;
        },
      });
      return answer.promise;
    },
    close: () => jobs.suspendAll(),
  };
}

/** Where no human has decided yet: present, readable, todo or in progress. */
function openImageIds({ store }: OpenProject): ImageId[] {
  const isOpen = new Set([
    ...store.images.ids({ state: 'todo' }),
    ...store.images.ids({ state: 'in-progress' }),
  ]);
  return store.images.ids().filter((id) => isOpen.has(id) && !store.images.require(id).isMissing);
}

async function prelabel(
  context: LabellingContext,
  imageIds: readonly ImageId[],
  startIndex: number,
  handle: JobHandle,
  events: EventBus,
): Promise<void> {
  const { project } = context;
  const { features, labeller } = await prepareLabelling(context);
  await runPrelabel(
    {
      imageIds,
      startIndex,
      features,
      labeller,
      pathOf: (imageId) => project.store.images.get(imageId)?.path ?? `image ${imageId}`,
      image: (imageId) => requireUsable(project, imageId),
      onLabelled: (imageId, revision) => {
        events.publish({ type: 'annotations', imageId, revision, cause: 'prelabel' });
        events.publish({ type: 'image', image: project.store.images.require(imageId) });
      },
    },
    handle,
  );
  events.publish({ type: 'images-changed', reason: 'prelabel' });
}

function persistPrelabel({ store }: OpenProject, job: JobWire, imageIds: readonly ImageId[]): void {
  if (isActive(job))
    store.jobs.save({ id: job.id, kind: job.kind, state: job.state, payload: { job, imageIds } });
  else store.jobs.remove(job.id);
}

function throttled(intervalMs: number, tell: (job: JobWire) => void): (job: JobWire) => void {
  const last = new Map<string, { state: string; atMs: number }>();
  return (job) => {
    const previous = last.get(job.id);
    const now = performance.now();
    const isEnd = job.done === job.total || !isActive(job);
    if (previous?.state === job.state && now - previous.atMs < intervalMs && !isEnd) return;
    last.set(job.id, { state: job.state, atMs: now });
    tell(job);
  };
}
