// From a label map to the regions that are offered to the user: components of things, one region per class of
// stuff, exact masks with their holes, and a score.

import type { QueryClass, SegmentedRegion } from '#main/workers/messages.ts';
import { TILE_SIZE } from '#shared/mask/tile-words.ts';
import { labelComponents, NO_COMPONENT, type LabelComponents } from './label-components.ts';
import type { LabelRuns } from './label-runs.ts';
import type { PixelSampler } from './pixel-sampler.ts';
import { TileRunEncoder } from './tile-run-encoder.ts';

/** Pixels of a region that its score is averaged over. */
const SCORE_SAMPLES = 64;

/**
 * Regions of a label map, by class, then from top to bottom.
 *
 * A component is a set of pixels of one class that touch along sides or corners; those below `minAreaPx` are
 * dropped. A class of kind `thing` gives a region per component, one of kind `stuff` one region of all its components.
 * `score` is the mean winning probability and `queryIndex` the most frequent winner over 64 pixels of the region,
 * spaced evenly in row-major order (all pixels of a smaller one); each of them is evaluated exactly.
 *
 * @param runs label map; labels are indices into `classes`
 * @param queryClass class index of each query
 */
export function regionsOf(
  runs: LabelRuns,
  classes: readonly QueryClass[],
  queryClass: ArrayLike<number>,
  sampler: PixelSampler,
  minAreaPx: number,
): SegmentedRegion[] {
  const components = labelComponents(runs);
  const drafts: RegionDraft[] = [];
  const draftOf = assignComponents(components, classes, minAreaPx, runs.widthPx, drafts);
  for (let y = 0; y < runs.heightPx; y++) {
    let start = 0;
    for (let run = runs.rowStart[y]!; run < runs.rowStart[y + 1]!; run++) {
      const end = runs.ends[run]!;
      const component = components.ofRun[run]!;
      const draft = component === NO_COMPONENT ? undefined : draftOf[component];
      if (draft !== undefined) {
        draft.tiles.addRun(y, start, end);
        if (draft.seenPx + end - start > draft.nextSamplePx) sampleRun(draft, y, start, end, sampler);
        draft.seenPx += end - start;
      }
      start = end;
    }
  }
  drafts.sort((a, b) => a.classIndex - b.classIndex);
  return drafts.map((draft) => finishRegion(draft, classes, queryClass));
}

interface RegionDraft {
  classIndex: number;
  areaPx: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  tiles: TileRunEncoder;
  /** Pixels passed so far, and the row-major number of the next one to evaluate. */
  seenPx: number;
  nextSamplePx: number;
  sampleCount: number;
  probabilitySum: number;
  wins: Map<number, number>;
}

/** Makes a draft per region; the result tells each component's draft, undefined where it is dropped. */
function assignComponents(
  components: LabelComponents,
  classes: readonly QueryClass[],
  minAreaPx: number,
  widthPx: number,
  drafts: RegionDraft[],
): (RegionDraft | undefined)[] {
  const tilesAcross = Math.ceil(widthPx / TILE_SIZE);
  const stuff = new Map<number, RegionDraft>();
  const draftOf: (RegionDraft | undefined)[] = [];
  for (let component = 0; component < components.count; component++) {
    const areaPx = components.areaPx[component]!;
    if (areaPx < minAreaPx) {
      draftOf.push(undefined);
      continue;
    }
    const classIndex = components.labels[component]!;
    const isStuff = classes[classIndex]!.kind === 'stuff';
    let draft = isStuff ? stuff.get(classIndex) : undefined;
    if (draft === undefined) {
      draft = emptyDraft(classIndex, tilesAcross);
      drafts.push(draft);
      if (isStuff) stuff.set(classIndex, draft);
    }
    draft.areaPx += areaPx;
    draft.left = Math.min(draft.left, components.left[component]!);
    draft.top = Math.min(draft.top, components.top[component]!);
    draft.right = Math.max(draft.right, components.right[component]!);
    draft.bottom = Math.max(draft.bottom, components.bottom[component]!);
    draftOf.push(draft);
  }
  for (const draft of drafts) draft.nextSamplePx = samplePositionPx(draft, 0);
  return draftOf;
}

function emptyDraft(classIndex: number, tilesAcross: number): RegionDraft {
  return {
    classIndex,
    areaPx: 0,
    left: Infinity,
    top: Infinity,
    right: 0,
    bottom: 0,
    tiles: new TileRunEncoder(tilesAcross),
    seenPx: 0,
    nextSamplePx: 0,
    sampleCount: 0,
    probabilitySum: 0,
    wins: new Map(),
  };
}

/** Row-major number, within the region, of its n-th evaluated pixel. */
function samplePositionPx(draft: RegionDraft, sample: number): number {
  const count = Math.min(draft.areaPx, SCORE_SAMPLES);
  return Math.floor(((sample + 0.5) * draft.areaPx) / count);
}

function sampleRun(draft: RegionDraft, y: number, start: number, end: number, sampler: PixelSampler): void {
  while (draft.nextSamplePx < draft.seenPx + end - start) {
    const { query, probability } = sampler.winnerAt(start + draft.nextSamplePx - draft.seenPx, y);
    draft.probabilitySum += probability;
    draft.wins.set(query, (draft.wins.get(query) ?? 0) + 1);
    draft.sampleCount++;
    draft.nextSamplePx = samplePositionPx(draft, draft.sampleCount);
  }
}

function finishRegion(
  draft: RegionDraft,
  classes: readonly QueryClass[],
  queryClass: ArrayLike<number>,
): SegmentedRegion {
  let queryIndex = Array.prototype.indexOf.call(queryClass, draft.classIndex);
  let mostWins = 0;
  for (const [query, wins] of draft.wins) {
    if (queryClass[query] !== draft.classIndex || wins <= mostWins) continue;
    queryIndex = query;
    mostWins = wins;
  }
  return {
    categoryId: classes[draft.classIndex]!.categoryId,
    queryIndex,
    score: draft.probabilitySum / draft.sampleCount,
    areaPx: draft.areaPx,
    box: [draft.left, draft.top, draft.right - draft.left, draft.bottom - draft.top],
    tiles: draft.tiles.finish(),
  };
}
