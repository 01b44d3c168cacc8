// The list of images as the window asks for it, and what it changes on them.

import type { ImageId, ImageRecord, ReviewState } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { OpenProject } from './project.ts';

export interface ImageListQuery {
  offset: number;
  limit: number;
  state: ReviewState | 'all' | 'unreviewed';
  search: string;
}

export function listImages(
  project: OpenProject,
  query: ImageListQuery,
): { total: number; offset: number; images: ImageRecord[] } {
  const { offset, limit, search, state } = query;
  const { images } = project.store;
  if (state !== 'unreviewed') {
    return { offset, ...images.list({ offset, limit, search, ...(state === 'all' ? {} : { state }) }) };
  }
  const open = new Set([
    ...images.ids({ state: 'todo', search }),
    ...images.ids({ state: 'in-progress', search }),
  ]);
  const ordered = images.ids({ search }).filter((id) => open.has(id));
  return {
    total: ordered.length,
    offset,
    images: ordered.slice(offset, offset + limit).map((id) => images.require(id)),
  };
}

/** @throws AppError `image/not-found` */
export function setReviewState(project: OpenProject, imageId: ImageId, state: ReviewState): ImageRecord {
  project.store.images.require(imageId);
  return project.store.images.setState(imageId, state);
}

/** Forgets an image whose file is gone, with its annotations. @throws AppError `request/invalid` while it is there */
export function dropImage(project: OpenProject, imageId: ImageId): void {
  const image = project.store.images.require(imageId);
  if (!image.isMissing) {
    throw new AppError('request/invalid', `${image.path} is still in the folder. Remove the file first.`);
  }
  project.store.images.remove(imageId);
}
