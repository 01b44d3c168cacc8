// The open project as one answer: what the window shows before any image is loaded.

import type { ProjectWire } from '#shared/contract/wire.ts';
import type { OpenProject } from './project.ts';

export function projectWire(project: OpenProject): ProjectWire {
  const { store } = project;
  return {
    folder: project.folder,
    name: project.name,
    storageFolder: project.storageFolder,
    settings: store.settings.settings(),
    categories: store.categories.list(),
    categoryCounts: Object.fromEntries(
      [...store.categories.counts()].map(([categoryId, counts]) => [String(categoryId), counts]),
    ),
    imageCount: store.images.count(),
    stateCounts: store.images.stateCounts(),
    problemCount: store.images.problemCount(),
    view: store.settings.view(),
  };
}
