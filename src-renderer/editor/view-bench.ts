// Owns the canvas engine while a container is there, and remembers the view while none is. Translates view commands.
// Must not know documents or tools.

import type { ImageRecord } from '#shared/annotation/records.ts';
import { CanvasEngine } from '#renderer/canvas/canvas-engine.ts';
import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { OverlayShape } from '#renderer/canvas/overlay.ts';
import {
  actualSize,
  centredOn,
  imageFromScreen,
  revealBox,
  screenFromImage,
  scrollIntoView,
  zoomAt,
  zoomOf,
} from '#renderer/canvas/viewport.ts';
import type { EditorCommand, ImagePoint, Picture, ScreenPoint } from './editor-types.ts';
import type { ViewState } from './view-state.ts';
import type { MaskCanvas } from './display-model.ts';

export interface ViewHost {
  onPointer(event: CanvasPointerEvent): void;
  onBrushSteps(steps: number): void;
  onBrushDrag(radiusDeltaPx: number): void;
  onViewChange(): void;
  onProblem(message: string): void;
  overlayShapes(): readonly OverlayShape[];
  /** CSS cursor of the tool in the hand. */
  cursor(): string;
}

interface Display {
  opacity: number;
  outlineOnly: boolean;
  masksHidden: boolean;
}

type Place = ViewState['place'];

const SCROLL_MARGIN_SCREEN_PX = 48;

export class ViewBench {
  readonly #host: ViewHost;
  #engine: CanvasEngine | null = null;
  #picture: Picture | null = null;
  #place: Place = null;
  #isPanning = false;

  constructor(host: ViewHost) {
    this.#host = host;
  }

  get maskCanvas(): MaskCanvas | null {
    return this.#engine;
  }

  get zoom(): number {
    return this.#engine ? zoomOf(this.#engine.view) : (this.#place?.zoom ?? 1);
  }

  /** CSS pixels per image pixel. */
  get screenScale(): number {
    return this.#engine?.view.scale ?? 1;
  }

  get centre(): ImagePoint {
    const view = this.#engine?.view;
    if (!view) return { xImagePx: 0, yImagePx: 0 };
    const [xImagePx, yImagePx] = imageFromScreen(view, view.widthScreenPx / 2, view.heightScreenPx / 2);
    return { xImagePx, yImagePx };
  }

  get timingsMs(): readonly number[] {
    return this.#engine?.timingsMs ?? [];
  }

  attach(container: HTMLElement, record: ImageRecord | null): () => void {
    const place = this.#place;
    const engine = new CanvasEngine(container, {
      onPointer: (event) => this.#host.onPointer(event),
      onBrushSteps: (steps) => this.#host.onBrushSteps(steps),
      onBrushDrag: (dxScreen) => this.#host.onBrushDrag(dxScreen / this.screenScale),
      onViewChange: () => this.#host.onViewChange(),
      onProblem: (message) => this.#host.onProblem(message),
      overlayShapes: () => this.#host.overlayShapes(),
      isPanKeyHeld: () => this.#isPanning,
    });
    this.#engine = engine;
    if (record) this.setImage(record, this.#picture, place);
    return () => {
      if (this.#engine !== engine) return;
      this.#place = this.place();
      this.#engine = null;
      engine.dispose();
    };
  }

  setImage(record: ImageRecord, picture: Picture | null, place: Place): void {
    this.#picture = picture;
    this.#place = place;
    this.#engine?.setImage(record.widthPx, record.heightPx, picture);
    if (place) this.setPlace(place);
  }

  setPicture(picture: Picture): void {
    this.#picture = picture;
    this.#engine?.setPicture(picture);
  }

  clearImage(): void {
    this.#picture = null;
    this.#place = null;
    this.#engine?.clearImage();
  }

  /** Null = the whole image fits, as after opening. */
  place(): Place {
    if (!this.#engine) return this.#place;
    return this.#engine.isFitted ? null : { zoom: this.zoom, ...this.centre };
  }

  setPlace(place: NonNullable<Place>): void {
    this.#place = place;
    if (this.#engine)
      this.#engine.setView(centredOn(this.#engine.view, place.xImagePx, place.yImagePx, place.zoom));
  }

  /** View commands; false when the command is not one. */
  run(command: EditorCommand): boolean {
    const engine = this.#engine;
    switch (command.kind) {
      case 'zoom-fit':
        engine?.fit();
        return true;
      case 'zoom-actual':
        engine?.setView(actualSize(engine.view));
        return true;
      case 'zoom-by': {
        const view = engine?.view;
        if (view)
          engine.setView(zoomAt(view, view.widthScreenPx / 2, view.heightScreenPx / 2, command.factor));
        return true;
      }
      default:
        return false;
    }
  }

  reveal(box: readonly [number, number, number, number]): void {
    this.#engine?.setView(revealBox(this.#engine.view, box));
  }

  scrollIntoView(point: ImagePoint): void {
    const view = this.#engine?.view;
    if (!view) return;
    const next = scrollIntoView(view, point.xImagePx, point.yImagePx, SCROLL_MARGIN_SCREEN_PX);
    if (next !== view) this.#engine?.setView(next);
  }

  setPanning(isPanning: boolean): void {
    this.#isPanning = isPanning;
    this.#showCursor();
  }

  setDisplay({ opacity, outlineOnly, masksHidden }: Display): void {
    this.#engine?.setDisplay({ opacity, outlineOnly, masksHidden });
    this.#showCursor();
    this.overlayChanged();
  }

  overlayChanged(): void {
    this.#engine?.overlayChanged();
  }

  screenFromImage(point: ImagePoint): ScreenPoint | null {
    if (!this.#engine) return null;
    const [xScreen, yScreen] = screenFromImage(this.#engine.view, point.xImagePx, point.yImagePx);
    return { xScreen, yScreen };
  }

  readPixel(point: ScreenPoint): [number, number, number, number] | null {
    return this.#engine?.readPixel(point.xScreen, point.yScreen) ?? null;
  }

  #showCursor(): void {
    this.#engine?.setCursor(this.#isPanning ? 'grab' : this.#host.cursor());
  }
}
