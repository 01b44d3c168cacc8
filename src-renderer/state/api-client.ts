// The data API as typed functions: fetch, schema check at the border, errors as AppError. Knows the contract and
// nothing of the interface. Addresses are relative to the page, the same in Electron and in the browser host.

import { z } from 'zod';
import {
  annotationsSchema,
  appInfoSchema,
  catalogSchema,
  categoriesResponseSchema,
  editResponseSchema,
  errorBodySchema,
  exportReportSchema,
  folderListSchema,
  imageListSchema,
  imageRecordSchema,
  importReportSchema,
  jobListSchema,
  jobSchema,
  modelsSchema,
  nextImageSchema,
  projectSchema,
  relabelResponseSchema,
  sessionResponseSchema,
  type categoryPatchSchema,
  type EditRequest,
  type ExportRequest,
  type importOptionsSchema,
  type ProjectSettings,
} from '#shared/contract/wire.ts';
import type { ReviewState } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';

export type CategoryPatch = z.infer<typeof categoryPatchSchema>;
export type ImportOptions = z.input<typeof importOptionsSchema>;
export type FolderList = z.infer<typeof folderListSchema>;
export type Models = z.infer<typeof modelsSchema>;
export type CatalogModel = z.infer<typeof catalogSchema>['models'][number];

export interface ImageQuery {
  offset: number;
  limit: number;
  /** A review state, `unreviewed` or `all`. */
  state: string;
  search: string;
}

/** The server did not answer at all: stopped, restarting or out of reach. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    super('ClearLabel’s server does not answer. Changes are kept here and sent when it is back.', { cause });
    this.name = 'ConnectionError';
  }
}

const nothingSchema = z.unknown();

/** One object per window; `sessionId` goes with every request once it is known. */
export class ApiClient {
  sessionId: string | null = null;
  readonly #fetch: typeof fetch;

  constructor(fetchImplementation: typeof fetch = (input, init) => fetch(input, init)) {
    this.#fetch = fetchImplementation;
  }

  app = () => this.#get('/api/app', appInfoSchema);
  openSession = (takeOver: boolean) =>
    this.#send('POST', '/api/session', { takeOver }, sessionResponseSchema);
  folders = (path: string) => this.#get(`/api/folders?${query({ path })}`, folderListSchema);

  project = () => this.#get('/api/project', projectSchema);
  openProject = (folder: string, storageFolder: string | null) =>
    this.#send('POST', '/api/project/open', { folder, storageFolder }, nothingSchema);
  closeProject = () => this.#send('POST', '/api/project/close', {}, nothingSchema);
  patchSettings = (patch: Partial<ProjectSettings>) =>
    this.#send('PATCH', '/api/project/settings', patch, nothingSchema);
  putView = (imageId: number | null, json: string) =>
    this.#send('PUT', '/api/project/view', { imageId, json }, nothingSchema);

  categories = () => this.#get('/api/categories', categoriesResponseSchema);
  addCategories = (text: string) => this.#send('POST', '/api/categories', { text }, categoriesResponseSchema);
  patchCategory = (id: number, patch: CategoryPatch) =>
    this.#send('PATCH', `/api/categories/${id}`, patch, categoriesResponseSchema);
  deleteCategory = (id: number, reassignTo: number | 'drop') =>
    this.#send(
      'DELETE',
      `/api/categories/${id}?${query({ reassignTo })}`,
      undefined,
      categoriesResponseSchema,
    );

  images = (request: ImageQuery, signal?: AbortSignal) =>
    this.#get(`/api/images?${query({ ...request })}`, imageListSchema, signal);
  image = (id: number) => this.#get(`/api/images/${id}`, imageRecordSchema);
  nextImage = (request: {
    after: number | null;
    direction: 'forward' | 'backward';
    filter: 'all' | 'unreviewed';
  }) => this.#get(`/api/images/next?${query(request)}`, nextImageSchema);
  setImageState = (id: number, state: ReviewState) =>
    this.#send('PATCH', `/api/images/${id}`, { state }, imageRecordSchema);
  dropImage = (id: number) => this.#send('DELETE', `/api/images/${id}`, undefined, nothingSchema);

  annotations = (imageId: number, signal?: AbortSignal) =>
    this.#get(`/api/images/${imageId}/annotations`, annotationsSchema, signal);
  postEdit = (imageId: number, edit: EditRequest) =>
    this.#send('POST', `/api/images/${imageId}/edits`, edit, editResponseSchema);
  relabel = (imageId: number, thresholds: Record<string, number>, signal?: AbortSignal) =>
    this.#send('POST', `/api/images/${imageId}/relabel`, { thresholds }, relabelResponseSchema, signal);

  jobs = () => this.#get('/api/jobs', jobListSchema);
  startPrelabel = (imageIds: number[] | null) =>
    this.#send('POST', '/api/jobs/prelabel', { imageIds }, jobSchema);
  controlJob = (id: string, action: 'pause' | 'resume' | 'cancel') =>
    this.#send('POST', `/api/jobs/${encodeURIComponent(id)}/${action}`, {}, nothingSchema);

  models = () => this.#get('/api/models', modelsSchema);
  catalog = () => this.#get('/api/models/catalog', catalogSchema);
  importModel = (folder: string) => this.#send('POST', '/api/models/import', { folder }, nothingSchema);
  activateModel = (modelId: string) =>
    this.#send('POST', `/api/models/${encodeURIComponent(modelId)}/activate`, {}, nothingSchema);
  removeModel = (modelId: string) =>
    this.#send('DELETE', `/api/models/${encodeURIComponent(modelId)}`, undefined, nothingSchema);

  exportCoco = (request: ExportRequest, signal?: AbortSignal) =>
    this.#send('POST', '/api/exports/coco', request, exportReportSchema, signal);
  importCoco = (options: ImportOptions, file: File | null) => {
    if (file === null) return this.#send('POST', '/api/imports/coco', options, importReportSchema);
    const form = new FormData();
    form.set('options', JSON.stringify(options));
    form.set('file', file);
    return this.#send('POST', '/api/imports/coco', form, importReportSchema);
  };

  #get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    return this.#send('GET', path, undefined, schema, signal);
  }

  /** Throws AppError for a problem answer, ConnectionError when there is none, AbortError when cancelled. */
  async #send<T>(
    method: string,
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#request(method, path, body, signal);
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw errorOf(response, answer);
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new AppError('internal', `The server answered ${method} ${path} in a form that was not expected.`, {
      details: { issues: z.prettifyError(parsed.error) },
    });
  }

  async #request(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers();
    if (this.sessionId !== null) headers.set('x-clearlabel-session', this.sessionId);
    const isForm = body instanceof FormData;
    if (body !== undefined && !isForm) headers.set('content-type', 'application/json');
    const init: RequestInit = { method, headers, cache: 'no-store' };
    if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
    if (signal !== undefined) init.signal = signal;
    try {
      return await this.#fetch(path, init);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new ConnectionError(error);
    }
  }
}

export function thumbnailUrl(image: { id: number; modifiedMs: number }): string {
  return `/api/images/${image.id}/thumbnail?v=${Math.round(image.modifiedMs)}`;
}

export function displayUrl(image: { id: number; modifiedMs: number }): string {
  return `/api/images/${image.id}/display?v=${Math.round(image.modifiedMs)}`;
}

function errorOf(response: Response, answer: unknown): AppError {
  const body = errorBodySchema.safeParse(answer);
  if (body.success) return new AppError(body.data.code, body.data.message, { details: body.data.details });
  return new AppError('internal', `The server answered with status ${response.status}.`);
}

function query(values: Record<string, string | number | null>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null) parameters.set(name, String(value));
  return parameters.toString();
}
