// Requests and responses of the data API as zod schemas: the one description that server and renderer share.
// Sizes in pixels of the upright image; masks as encoded 256 × 256 tiles (mask/tile-codec.ts) in base64.
//
// Every address (all under the host's origin; errors are `errorBodySchema` with a fitting status):
//   GET  /api/app                         POST /api/session              GET  /api/folders?path=
//   POST /api/project/open | close        GET  /api/project              PATCH /api/project/settings
//   PUT  /api/project/view
//   GET  /api/categories                  POST /api/categories           PATCH | DELETE /api/categories/:id
//   GET  /api/images                      GET  /api/images/next          GET | PATCH | DELETE /api/images/:id
//   GET  /api/images/:id/thumbnail        GET  /api/images/:id/display   (bytes of a picture)
//   GET  /api/images/:id/annotations      POST /api/images/:id/edits     POST /api/images/:id/relabel
//   GET  /api/jobs                        POST /api/jobs/prelabel        POST /api/jobs/:id/pause | resume | cancel
//   GET  /api/models                      GET  /api/models/catalog       POST /api/models/import
//   POST /api/models/:modelId/activate    DELETE /api/models/:modelId
//   POST /api/exports/coco                GET  /api/exports/:name        POST /api/imports/coco
//   GET  /api/events?session=ID           (the stream keeps the session alive; a window that reloads sends its
//                                          old id as `x-clearlabel-session` with POST /api/session to stay owner)

import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { REVIEW_STATES } from '../annotation/records.ts';

// ---------------------------------------------------------------- parts

export const errorBodySchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

const colorSchema = z.string().regex(/^#[0-9a-f]{6}$/);
const thresholdSchema = z.number().min(0).max(1);

export const categorySchema = z.object({
  id: z.int(),
  name: z.string(),
  color: colorSchema,
  prompts: z.array(z.string()),
  threshold: thresholdSchema,
  kind: z.enum(['thing', 'stuff']),
  supercategory: z.string(),
  order: z.int(),
});

export const imageRecordSchema = z.object({
  id: z.int(),
  path: z.string(),
  widthPx: z.int(),
  heightPx: z.int(),
  orientation: z.int(),
  format: z.string(),
  bitDepth: z.int(),
  channels: z.int(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  state: z.enum(REVIEW_STATES),
  isMissing: z.boolean(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  regionCount: z.int(),
  proposalCount: z.int(),
  hasFeatures: z.boolean(),
});

export const regionRecordSchema = z.object({
  id: z.string().min(1).max(64),
  imageId: z.int(),
  categoryId: z.int(),
  status: z.enum(['proposal', 'region']),
  source: z.enum(['model', 'human', 'model-then-human', 'imported']),
  score: z.number().nullable(),
  origin: z.object({ model: z.string(), method: z.string(), prompt: z.string() }).nullable(),
  zIndex: z.int(),
  areaPx: z.int(),
  box: z.tuple([z.int(), z.int(), z.int(), z.int()]).readonly(),
  isCrowd: z.boolean(),
});

export const tileWireSchema = z.object({ tileKey: z.int().min(0), runs: z.base64().nullable() });

// ---------------------------------------------------------------- app and session

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['electron', 'browser', 'test']),
  canOpenFolders: z.boolean(),
  /** Folder shown first when a folder is picked by path. */
  homeFolder: z.string(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

/** POST /api/session. One window edits at a time; the id goes with every write as `x-clearlabel-session`. */
export const sessionRequestSchema = z.object({ takeOver: z.boolean() });
export const sessionResponseSchema = z.object({ sessionId: z.string(), isOwner: z.boolean() });

/** GET /api/folders?path= : sub-folders for the folder picker of the browser host. */
export const folderListSchema = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  folders: z.array(z.object({ name: z.string(), path: z.string(), imageCount: z.int() })),
  imageCount: z.int(),
});

// ---------------------------------------------------------------- project

export const projectSettingsSchema = z.object({
  method: z.enum(['clearclip', 'clip', 'maskclip']),
  protocol: z.enum(['paper', 'whole']),
  modelFolder: z.string().nullable(),
  provider: z.enum(['auto', 'cpu', 'webgpu']),
  minAreaPx: z.int().min(0),
  overlapMode: z.enum(['over', 'under', 'exclusive']),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;
export const projectSettingsPatchSchema = projectSettingsSchema.partial();

/** POST /api/project/open */
export const openProjectRequestSchema = z.object({
  folder: z.string().min(1),
  /** Another place for `.clearlabel/` when the image folder is read-only. */
  storageFolder: z.string().nullable().default(null),
});

/** GET /api/project */
export const projectSchema = z.object({
  folder: z.string(),
  name: z.string(),
  storageFolder: z.string(),
  settings: projectSettingsSchema,
  categories: z.array(categorySchema),
  /** Regions and proposals of each category over all images, by category id as text. */
  categoryCounts: z.record(z.string(), z.object({ regions: z.int(), proposals: z.int() })),
  imageCount: z.int(),
  stateCounts: z.record(z.enum(REVIEW_STATES), z.int()),
  problemCount: z.int(),
  /** Where the user was: restored on open. */
  view: z.object({ imageId: z.int().nullable(), json: z.string() }),
});
export type ProjectWire = z.infer<typeof projectSchema>;

/** PUT /api/project/view */
export const viewSchema = z.object({ imageId: z.int().nullable(), json: z.string().max(20_000) });

// ---------------------------------------------------------------- vocabulary

/** POST /api/categories: adds classes from typed text ("sky, tree=oak|pine, house"). */
export const addCategoriesRequestSchema = z.object({ text: z.string().max(100_000) });
/** PATCH /api/categories/:id */
export const categoryPatchSchema = z
  .object({
    name: z.string(),
    color: colorSchema,
    prompts: z.array(z.string()),
    threshold: thresholdSchema,
    kind: z.enum(['thing', 'stuff']),
    supercategory: z.string(),
    order: z.int().min(0),
  })
  .partial();
/** All category writes answer with the whole list. DELETE /api/categories/:id?reassignTo=ID|drop */
export const categoriesResponseSchema = z.object({ categories: z.array(categorySchema) });

// ---------------------------------------------------------------- images

/** GET /api/images?offset=&limit=&state=&search= */
export const imageListSchema = z.object({
  total: z.int(),
  offset: z.int(),
  images: z.array(imageRecordSchema),
});
/** PATCH /api/images/:id */
export const imagePatchSchema = z.object({ state: z.enum(REVIEW_STATES) });
/** GET /api/images/next?after=ID&direction=forward|backward&filter=all|unreviewed */
export const nextImageSchema = z.object({ imageId: z.int().nullable(), index: z.int().nullable() });

// ---------------------------------------------------------------- annotations

export const regionWireSchema = z.object({
  record: regionRecordSchema,
  tiles: z.array(z.object({ tileKey: z.int(), runs: z.base64() })),
});
export type RegionWire = z.infer<typeof regionWireSchema>;

/** GET /api/images/:id/annotations */
export const annotationsSchema = z.object({
  imageId: z.int(),
  revision: z.int(),
  regions: z.array(regionWireSchema),
});
export type AnnotationsWire = z.infer<typeof annotationsSchema>;

/**
 * POST /api/images/:id/edits. One user action. A `put` of a record that the server holds as a proposal, or does not
 * hold, must bring all its tiles (`allTiles: true`); otherwise only the changed ones, null = now empty.
 * The server derives area and box itself. `editId` makes a repeated request harmless.
 */
export const editRequestSchema = z.object({
  editId: z.string().min(1).max(64),
  label: z.string().max(200),
  changes: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('put'),
        record: regionRecordSchema,
        allTiles: z.boolean(),
        tiles: z.array(tileWireSchema),
      }),
      z.object({ kind: z.literal('remove'), regionId: z.string() }),
    ]),
  ),
});
export type EditRequest = z.infer<typeof editRequestSchema>;
export const editResponseSchema = z.object({ revision: z.int(), image: imageRecordSchema });

/**
 * POST /api/images/:id/relabel: makes the proposals of one image anew from cached features (encodes the image
 * first if it has none), stores them and answers them. `overrides` are unsaved slider values.
 */
export const relabelRequestSchema = z.object({
  thresholds: z.record(z.string(), thresholdSchema).default({}),
});
export const relabelResponseSchema = annotationsSchema.extend({
  encoded: z.boolean(),
  elapsedMs: z.number(),
});

// ---------------------------------------------------------------- jobs

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['prelabel', 'export', 'import', 'relabel']),
  state: z.enum(['running', 'paused', 'done', 'cancelled', 'failed']),
  done: z.int(),
  total: z.int(),
  /** Images that could not be processed, with the reason. */
  failures: z.array(z.object({ imageId: z.int(), path: z.string(), message: z.string() })),
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  message: z.string(),
});
export type JobWire = z.infer<typeof jobSchema>;
export const jobListSchema = z.object({ jobs: z.array(jobSchema) });
/** POST /api/jobs/prelabel : encode what has no features and offer proposals where no human has decided. */
export const prelabelRequestSchema = z.object({ imageIds: z.array(z.int()).nullable().default(null) });
/** POST /api/jobs/:id/pause | resume | cancel */

// ---------------------------------------------------------------- models

export const modelSummarySchema = z.object({
  modelId: z.string(),
  name: z.string(),
  folder: z.string(),
  embeddingSize: z.int(),
  patchPx: z.int(),
  storedGrid: z.int(),
  imageWidth: z.int(),
  imageBlocks: z.int(),
  textWidth: z.int(),
  textBlocks: z.int(),
  activation: z.enum(['quick_gelu', 'gelu']),
  dtype: z.string(),
  isDemo: z.boolean(),
});
export const modelsSchema = z.object({
  active: modelSummarySchema.nullable(),
  installed: z.array(modelSummarySchema),
  provider: z.object({ name: z.enum(['cpu', 'webgpu']), reason: z.string() }).nullable(),
});
/** POST /api/models/import */
export const importModelRequestSchema = z.object({ folder: z.string().min(1) });
/** GET /api/models/catalog */
export const catalogSchema = z.object({
  models: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      family: z.string(),
      architecture: z.string(),
      activation: z.enum(['quick_gelu', 'gelu']),
      licence: z.string(),
      sizeBytes: z.number(),
      sha256: z.string().nullable(),
      pageUrl: z.string(),
      downloadUrl: z.string(),
      files: z.array(z.string()),
      note: z.string(),
    }),
  ),
});

// ---------------------------------------------------------------- export and import

export const exportRequestSchema = z.object({
  segmentation: z.enum(['rle', 'rle-list', 'polygon']),
  include: z.enum(['reviewed', 'all']),
  /** Proposals count as annotations only when asked for. */
  includeProposals: z.boolean(),
  orientation: z.enum(['upright', 'stored']),
  firstCategoryId: z.union([z.literal(0), z.literal(1)]),
  /** Absolute path of the JSON file; null = `.clearlabel/exports/`, to be downloaded. */
  target: z.string().nullable(),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const exportReportSchema = z.object({
  path: z.string(),
  /** GET this address to download the file. */
  downloadUrl: z.string(),
  images: z.int(),
  annotations: z.int(),
  categories: z.int(),
  bytes: z.number(),
  exact: z.int(),
  checked: z.int(),
  mismatches: z.array(z.object({ annotationId: z.int(), imagePath: z.string(), message: z.string() })),
  warnings: z.array(z.string()),
});
export type ExportReport = z.infer<typeof exportReportSchema>;

/** POST /api/imports/coco (multipart: file, or JSON with a path). First with `apply: false` for the preview. */
export const importOptionsSchema = z.object({
  path: z.string().nullable().default(null),
  apply: z.boolean(),
  /** What happens where an image already has regions. */
  onConflict: z.enum(['keep-mine', 'add', 'replace-imported']),
});
export const importReportSchema = z.object({
  uploadId: z.string().nullable(),
  images: z.int(),
  matchedImages: z.int(),
  annotations: z.int(),
  imported: z.int(),
  newCategories: z.array(z.string()),
  conflictingImages: z.int(),
  issues: z.array(z.object({ place: z.string(), message: z.string() })),
  issueCount: z.int(),
});
export type ImportReport = z.infer<typeof importReportSchema>;

// ---------------------------------------------------------------- events

/** GET /api/events: server-sent events, one JSON object each. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), sessionOwner: z.string().nullable() }),
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('images-changed'), reason: z.enum(['scan', 'watch', 'state', 'prelabel']) }),
  z.object({ type: z.literal('image'), image: imageRecordSchema }),
  z.object({ type: z.literal('annotations'), imageId: z.int(), revision: z.int(), cause: z.string() }),
  z.object({ type: z.literal('categories') }),
  z.object({ type: z.literal('models') }),
  z.object({ type: z.literal('project-opened') }),
  z.object({ type: z.literal('project-closed'), message: z.string() }),
  z.object({ type: z.literal('session'), owner: z.string().nullable() }),
  z.object({ type: z.literal('notice'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
]);
export type EventWire = z.infer<typeof eventSchema>;
