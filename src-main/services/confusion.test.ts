import { expect, test } from 'vitest';
import { Confusion } from './confusion.ts';

test('mIoU counts pixels over all images, leaves ignored ones and absent classes out', () => {
  const confusion = new Confusion(4);
  confusion.add(Uint8Array.of(0, 0, 1, 1, 255), Uint16Array.of(0, 1, 1, 1, 2));
  confusion.add(Uint8Array.of(2, 2), Uint16Array.of(2, 0));
  expect(confusion.score()).toEqual({
    classIou: [1 / 3, 2 / 3, 1 / 2, null],
    meanIou: (1 / 3 + 2 / 3 + 1 / 2) / 3,
    classAccuracy: [1 / 2, 1, 1 / 2, null],
    meanAccuracy: 2 / 3,
    pixelAccuracy: 4 / 6,
  });
});
