// Click into a hole to close it. One click, one step; no state.

import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import { lastSample, type Tool, type ToolContext } from './tool.ts';

export class FillHoleTool implements Tool {
  readonly name = 'fill-hole';
  readonly cursor = 'cell';
  readonly isActive = false;

  handle(event: CanvasPointerEvent, context: ToolContext): void {
    if (event.kind === 'down' && event.button === 'primary' && context.canEdit())
      context.fillHoleAt(lastSample(event));
  }

  cancel(): boolean {
    return false;
  }

  shapes(): [] {
    return [];
  }
}
