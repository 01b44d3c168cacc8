// Commands that act on whole regions, resolved to the regions they mean. Must not know keys or the canvas.

import type { DocumentDiff } from '#shared/annotation/diff.ts';
import type { RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';
import type { EditorCommand } from './editor-types.ts';
import {
  acceptProposals,
  changeCategory,
  deleteRegions,
  dropRegionSpecks,
  fillRegionHoles,
  mergeRegions,
  rejectProposals,
} from './region-actions.ts';

export interface DocumentCommandInput {
  document: DocumentStore;
  selection: readonly RegionId[];
  isHidden(entry: RegionEntry): boolean;
}

/** Parts below this many pixels are specks unless the command says otherwise. */
export const DEFAULT_SPECK_AREA_PX = 64;

const DOCUMENT_COMMANDS = [
  'delete',
  'merge',
  'accept',
  'reject',
  'accept-category',
  'reject-category',
  'accept-all',
  'reject-all',
  'fill-holes',
  'drop-specks',
  'change-category',
  'assign-category',
] as const;

export type DocumentCommand = Extract<EditorCommand, { kind: (typeof DOCUMENT_COMMANDS)[number] }>;

export function isDocumentCommand(command: EditorCommand): command is DocumentCommand {
  return (DOCUMENT_COMMANDS as readonly string[]).includes(command.kind);
}

/** Runs the command as one step; null when there was nothing to do. */
export function runDocumentCommand(
  command: DocumentCommand,
  input: DocumentCommandInput,
): DocumentDiff | null {
  const { document } = input;
  const given = ('regionIds' in command ? command.regionIds : undefined) ?? input.selection;
  const ids = [...new Set(given)].filter((id) => document.entry(id) !== undefined);
  switch (command.kind) {
    case 'delete':
      return deleteRegions(document, ids);
    case 'merge':
      return mergeRegions(document, ids);
    case 'accept':
      return acceptProposals(document, ids);
    case 'reject':
      return rejectProposals(document, ids);
    case 'accept-category':
      return acceptProposals(
        document,
        proposals(input, (record) => record.categoryId === command.categoryId),
      );
    case 'reject-category':
      return rejectProposals(
        document,
        proposals(input, (record) => record.categoryId === command.categoryId),
      );
    case 'accept-all':
      return acceptProposals(
        document,
        proposals(input, () => true),
      );
    case 'reject-all':
      return rejectProposals(
        document,
        proposals(input, () => true),
      );
    case 'fill-holes':
      return fillRegionHoles(document, ids, command.maxHoleAreaPx);
    case 'drop-specks':
      return dropRegionSpecks(document, ids, command.minAreaPx ?? DEFAULT_SPECK_AREA_PX);
    case 'change-category':
    case 'assign-category':
      return changeCategory(document, ids, command.categoryId);
  }
}

function proposals(input: DocumentCommandInput, isMeant: (record: RegionRecord) => boolean): RegionId[] {
  return input.document.entries
    .filter((entry) => entry.record.status === 'proposal' && isMeant(entry.record) && !input.isHidden(entry))
    .map((entry) => entry.record.id);
}
