// How rows of the image table are asked for and turned into records.

import type { ImageRecord, ReviewState } from '#shared/annotation/records.ts';
import type { SqlValue } from './database.ts';

export interface ImageQuery {
  offset: number;
  limit: number;
  state?: ReviewState;
  /** Part of the path, upper and lower case alike. */
  search?: string;
}

export interface ImageRow {
  id: number;
  path: string;
  width_px: number;
  height_px: number;
  orientation: number;
  format: string;
  bit_depth: number;
  channels: number;
  size_bytes: number;
  modified_ms: number;
  state: ReviewState;
  is_missing: number;
  problem_code: string | null;
  problem_message: string | null;
  region_count: number;
  proposal_count: number;
  has_features: number;
}

/** Three parameters: model, method and protocol that `has_features` speaks of. */
export const SELECT_IMAGE = `
  SELECT image.*,
    (SELECT count(*) FROM region WHERE image_id = image.id AND status = 'region') AS region_count,
    (SELECT count(*) FROM region WHERE image_id = image.id AND status = 'proposal') AS proposal_count,
    EXISTS (SELECT 1 FROM feature WHERE image_id = image.id AND model_id = ? AND method = ? AND protocol_key = ?
      AND source_size_bytes = image.size_bytes AND source_modified_ms = image.modified_ms) AS has_features
  FROM image`;

/** A file that is gone is listed only while it holds work of the user. */
export const IS_LISTED = `(is_missing = 0 OR EXISTS (SELECT 1 FROM region WHERE image_id = image.id AND status = 'region'))`;

export function whereOf(query: Pick<ImageQuery, 'state' | 'search'>): { where: string; values: SqlValue[] } {
  const parts = [IS_LISTED];
  const values: SqlValue[] = [];
  if (query.state !== undefined) {
    parts.push('state = ?');
    values.push(query.state);
  }
  if (query.search !== undefined && query.search !== '') {
    parts.push(`path LIKE ? ESCAPE '\\'`);
    values.push(`%${query.search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`);
  }
  return { where: parts.join(' AND '), values };
}

export function recordOf(row: ImageRow): ImageRecord {
  return {
    id: row.id,
    path: row.path,
    widthPx: row.width_px,
    heightPx: row.height_px,
    orientation: row.orientation,
    format: row.format,
    bitDepth: row.bit_depth,
    channels: row.channels,
    sizeBytes: row.size_bytes,
    modifiedMs: row.modified_ms,
    state: row.state,
    isMissing: row.is_missing === 1,
    problem:
      row.problem_code === null ? null : { code: row.problem_code, message: row.problem_message ?? '' },
    regionCount: row.region_count,
    proposalCount: row.proposal_count,
    hasFeatures: row.has_features === 1,
  };
}
