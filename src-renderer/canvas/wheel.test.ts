import { describe, expect, it } from 'vitest';
import { WheelClassifier, type WheelInput } from './wheel.ts';

const wheel = (deltaX: number, deltaY: number, more: Partial<WheelInput> = {}): WheelInput => ({
  ...{ deltaX, deltaY, deltaMode: 0, ctrlKey: false, shiftKey: false, altKey: false, timeMs: 0 },
  ...more,
});

describe('WheelClassifier', () => {
  it('zooms in when a mouse wheel turns away from the user', () => {
    const action = new WheelClassifier().classify(wheel(0, -120));
    expect(action).toMatchObject({ kind: 'zoom' });
    expect(action.kind === 'zoom' && action.factor).toBeGreaterThan(1);
    expect(new WheelClassifier().classify(wheel(0, 3, { deltaMode: 1 })).kind).toBe('zoom');
  });

  it('pans with two fingers, also in the fast middle of the swipe', () => {
    const classifier = new WheelClassifier();
    expect(classifier.classify(wheel(0, 4, { timeMs: 0 })).kind).toBe('pan');
    expect(classifier.classify(wheel(0, 130, { timeMs: 16 }))).toEqual({
      kind: 'pan',
      dxScreen: -0,
      dyScreen: -130,
    });
    expect(classifier.classify(wheel(0, 120, { timeMs: 1000 })).kind).toBe('zoom');
  });

  it('zooms with a pinch (a wheel with ctrl)', () => {
    expect(new WheelClassifier().classify(wheel(0, -3, { ctrlKey: true })).kind).toBe('zoom');
  });

  it('sizes the brush with Alt and scrolls sideways with Shift', () => {
    const up = new WheelClassifier().classify(wheel(0, -120, { altKey: true }));
    expect(up).toEqual({ kind: 'brush-size', steps: 1 });
    const side = new WheelClassifier().classify(wheel(0, 120, { shiftKey: true }));
    expect(side).toMatchObject({ kind: 'pan', dxScreen: -120 });
  });
});
