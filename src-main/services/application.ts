// The application core: owns the workers, the open project, its jobs, the model at work and the event bus. Hosts
// (Electron, browser, command line, tests) create one and mount the API on it.

import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ImageId } from '#shared/annotation/records.ts';
import type {
  AppInfo,
  ExportReport,
  ExportRequest,
  ImportReport,
  JobWire,
  ProjectSettings,
} from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { createAppWorkers, type AppWorkers } from '../workers/app-workers.ts';
import type { ModelSummary } from '../workers/messages.ts';
import type { SpawnWorker } from '../workers/spawn.ts';
import { EditSession } from './edit-session.ts';
import { EventBus } from './event-bus.ts';
import { exportCoco } from './export-coco.ts';
import { importCoco, type ImportRequest } from './import-coco.ts';
import type { Jobs } from './jobs.ts';
import type { LabellingContext } from './labelling.ts';
import { Models } from './models.ts';
import { openProject, type OpenProject } from './project.ts';
import { createProjectJobs, type ProjectJobs } from './project-jobs.ts';
import { featureKeyOf } from './query.ts';
import { resolveExistingPart } from './real-path.ts';
import { Relabeller, type RelabelResult } from './relabel.ts';
import { programVersion, resourceFolder, userDataFolder } from './resources.ts';
import { Uploads } from './uploads.ts';

export interface ApplicationOptions {
  host: AppInfo['host'];
  /** False: only the project that the host opened itself may be used (a server for one folder). */
  canOpenFolders: boolean;
  /** Watches the folder and goes on with a batch that an earlier run left unfinished; default true. */
  isLive?: boolean;
  /** Own data of the user; default as the platform has it. */
  dataFolder?: string;
  demoModelFolder?: string;
  /** Starts worker processes in another way (Electron). */
  spawn?: SpawnWorker;
  /** Stands in for the worker processes (tests). */
  workers?: AppWorkers;
}

export interface OpenRequest {
  folder: string;
  storageFolder: string | null;
}

interface OpenState {
  project: OpenProject;
  jobs: ProjectJobs;
  uploads: Uploads;
}

export async function createApplication(options: ApplicationOptions): Promise<Application> {
  await Promise.resolve();
  return new Application(options);
}

export class Application {
  readonly info: AppInfo;
  readonly events = new EventBus();
  readonly session: EditSession;
  readonly models: Models;
  readonly workers: AppWorkers;
  readonly #relabeller = new Relabeller();
  readonly #isLive: boolean;
  #open: OpenState | null = null;
  #opening: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: ApplicationOptions) {
    this.info = {
      version: programVersion(),
      host: options.host,
      canOpenFolders: options.canOpenFolders,
      homeFolder: homedir(),
    };
    this.#isLive = options.isLive ?? true;
    this.session = new EditSession({
      onOwnerChange: (owner) => this.events.publish({ type: 'session', owner }),
    });
    this.workers =
      options.workers ?? createAppWorkers(options.spawn === undefined ? {} : { spawn: options.spawn });
    this.models = new Models({
      dataFolder: options.dataFolder ?? userDataFolder(),
      demoFolder:
        options.demoModelFolder ?? process.env['CLEARLABEL_DEMO_MODEL'] ?? resourceFolder('models', 'demo'),
      catalogFile: resourceFolder('models', 'catalog.json'),
      imageTower: this.workers.imageTower,
      textTower: this.workers.textTower,
      onChange: () => this.events.publish({ type: 'models' }),
    });
    this.#watchImageTower();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isProjectOpen(): boolean {
    return this.#open !== null;
  }

  /** @throws AppError `project/not-open` */
  project(): OpenProject {
    return this.#state().project;
  }

  get jobs(): Jobs {
    return this.#state().jobs.jobs;
  }

  uploads(): Uploads {
    return this.#state().uploads;
  }

  /** A server for one folder leaves that folder alone for nobody. @throws AppError `request/forbidden` */
  assertMayOpenFolders(request?: OpenRequest): void {
    if (this.info.canOpenFolders) return;
    const current = this.#open?.project.folder;
    const isSame = request !== undefined && current !== undefined && sameFolder(request.folder, current);
    if (isSame && request.storageFolder === null) return;
    throw new AppError(
      'request/forbidden',
      'This server is for one folder only. Start it with --allow-other-folders to use other places of this machine.',
    );
  }

  /** Opens a project in place of the open one; the open one stays when the new one cannot be opened. */
  async openProject(request: OpenRequest): Promise<OpenProject> {
    const work = this.#opening.then(() => this.#openNow(request));
    this.#opening = work.catch(() => undefined);
    return work;
  }

  async closeProject(message = 'The project was closed.'): Promise<void> {
    const state = this.#open;
    if (state === null) return;
    this.#open = null;
    await state.jobs.close();
    state.uploads.clear();
    await state.project.close();
    this.events.publish({ type: 'project-closed', message });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.closeProject('ClearLabel was closed.');
    await this.workers.stop();
  }

  changeSettings(patch: { [K in keyof ProjectSettings]?: ProjectSettings[K] | undefined }): ProjectSettings {
    const { store } = this.project();
    const defined = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const settings = store.settings.patchSettings(defined);
    this.#applySettings(settings);
    return settings;
  }

  /** A model went off the list: the project that used it goes back to the demo model. */
  forgetModel(model: ModelSummary): void {
    if (this.#open?.project.store.settings.settings().modelFolder !== model.folder) return;
    this.changeSettings({ modelFolder: null });
  }

  relabel(imageId: ImageId, thresholds: Readonly<Record<string, number>>): Promise<RelabelResult> {
    return this.#relabeller.relabel(this.labellingContext(), imageId, thresholds);
  }

  startPrelabel(request: { imageIds: readonly ImageId[] | null }): JobWire {
    return this.#state().jobs.startPrelabel(request.imageIds);
  }

  exportCoco(request: ExportRequest, signal?: AbortSignal): Promise<ExportReport> {
    return this.#state().jobs.runExport((handle) =>
      exportCoco(this.project(), request, {
        version: this.info.version,
        signal: signal ?? handle.signal,
        handle,
      }),
    );
  }

  async importCoco(request: ImportRequest): Promise<ImportReport> {
    const report = await importCoco(this.project(), request);
    if (request.apply) {
      this.events.publish({ type: 'categories' });
      this.events.publish({ type: 'images-changed', reason: 'state' });
      if (request.uploadId !== null) this.uploads().remove(request.uploadId);
    }
    return report;
  }

  labellingContext(): LabellingContext {
    return { project: this.project(), models: this.models, workers: this.workers };
  }

  async #openNow(request: OpenRequest): Promise<OpenProject> {
    const current = this.#open?.project;
    if (current !== undefined && sameFolder(request.folder, current.folder)) return current;
    const { imaging } = this.workers;
    const project = await openProject(request, { imaging, events: this.events, isLive: this.#isLive });
    await this.closeProject('Another folder was opened.');
    this.#open = {
      project,
      uploads: new Uploads(resolve(project.storageFolder, 'uploads')),
      jobs: createProjectJobs(() => this.labellingContext(), project, this.events),
    };
    this.#applySettings(project.store.settings.settings());
    this.events.publish({ type: 'project-opened' });
    if (this.#isLive) this.#open.jobs.resumeUnfinished();
    return project;
  }

  #applySettings(settings: ProjectSettings): void {
    this.models.choose({ folder: settings.modelFolder, provider: settings.provider });
    this.events.publish({ type: 'models' });
    const project = this.project();
    // Which images have features can be told once the model's id is known.
    void this.models.chosenModelOrNull().then((model) => {
      if (model === null || this.#open?.project !== project) return;
      project.store.images.setFeatureKey(featureKeyOf(project.store.settings.settings(), model.modelId));
      this.events.publish({ type: 'images-changed', reason: 'state' });
    });
  }

  #watchImageTower(): void {
    this.workers.hosts.imageTower.onBreaker((report) => {
      if (!this.models.mayRunOnGpu) return;
      this.workers.hosts.imageTower.reset();
      this.workers.hosts.imageTower.rememberSetup('openModel', null);
      this.models.fallBackToCpu(report.reason);
      const message = `The graphics card's driver stopped three times (${report.reason}); going on with the CPU.`;
      this.events.publish({ type: 'notice', level: 'warning', message });
    });
  }

  #state(): OpenState {
    if (this.#open === null)
      throw new AppError('project/not-open', 'No folder is open. Open a folder of images first.');
    return this.#open;
  }
}

function sameFolder(first: string, second: string): boolean {
  return resolveExistingPart(first) === resolveExistingPart(second);
}
