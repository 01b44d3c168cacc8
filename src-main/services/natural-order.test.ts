import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareNaturally } from './natural-order.ts';

it('orders like a file manager', () => {
  const paths = [
    'b/1.jpg',
    'img10.jpg',
    'IMG2.jpg',
    'a.jpg',
    'b/sub/0.jpg',
    'b/02.jpg',
    'B.jpg',
    'img1.jpg',
    'a10/x.jpg',
    'a9/x.jpg',
  ];
  expect(paths.sort(compareNaturally)).toEqual([
    'a.jpg',
    'B.jpg',
    'img1.jpg',
    'IMG2.jpg',
    'img10.jpg',
    'a9/x.jpg',
    'a10/x.jpg',
    'b/1.jpg',
    'b/02.jpg',
    'b/sub/0.jpg',
  ]);
});

it('tells names apart that look alike', () => {
  expect(compareNaturally('\u00e9.jpg', 'e\u0301.jpg')).not.toBe(0);
  expect(compareNaturally('a.JPG', 'a.jpg')).not.toBe(0);
});

it('is a total order', () => {
  const path = fc
    .array(
      fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'B', 'b', '1', '0', 'é', ' ') }),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(path, path, path, (a, b, c) => {
      expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0);
      expect(compareNaturally(a, b) === 0).toBe(a === b);
      if (compareNaturally(a, b) < 0 && compareNaturally(b, c) < 0)
        expect(compareNaturally(a, c)).toBeLessThan(0);
    }),
    { numRuns: 2000 },
  );
});
