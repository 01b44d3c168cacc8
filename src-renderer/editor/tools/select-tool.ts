// Click to select: the topmost region, with Alt the one below the selected, with Shift several. Never moves anything.

import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import { lastSample, type Tool, type ToolContext } from './tool.ts';

export class SelectTool implements Tool {
  readonly name = 'select';
  readonly cursor = 'default';
  readonly isActive = false;

  handle(event: CanvasPointerEvent, context: ToolContext): void {
    if (event.kind !== 'down' || event.button !== 'primary') return;
    const at = lastSample(event);
    const hits = context.document.entriesAt(at.xImagePx, at.yImagePx, (entry) => context.isHidden(entry));
    const ids = hits.map(({ record }) => record.id);
    const top = ids[0];
    if (top === undefined) {
      if (!event.modifiers.shift) context.select([], 'replace');
      return;
    }
    if (event.modifiers.alt) {
      const selected = ids.findIndex((id) => context.selection.includes(id));
      context.select([ids[(selected + 1) % ids.length] ?? top], 'replace');
      return;
    }
    context.select([top], event.modifiers.shift ? 'toggle' : 'replace');
  }

  cancel(): boolean {
    return false;
  }

  shapes(): [] {
    return [];
  }
}
