import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ancestorMask, planPromptTrees, type PromptTree } from './prompt-tree.ts';

const prompts = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }), {
  maxLength: 60,
});

function spell(tree: PromptTree, end: number): number[] {
  const ids: number[] = [];
  for (let node = end; node >= 0; node = tree.parents[node]!) {
    ids.unshift(tree.tokenIds[node]!);
  }
  return ids;
}

describe('prompt trees', () => {
  it('spell every prompt once, within the limit', () => {
    fc.assert(
      fc.property(prompts, fc.integer({ min: 1, max: 40 }), (list, maxNodes) => {
        const trees = planPromptTrees(list, maxNodes);
        const spelled: number[][] = [];
        for (const tree of trees) {
          for (const { prompt, node } of tree.ends) {
            expect(spelled[prompt]).toBeUndefined();
            spelled[prompt] = spell(tree, node);
            expect(tree.depths[node]).toBe(list[prompt]!.length - 1);
          }
          expect(
            tree.tokenIds.length <= maxNodes || new Set(tree.ends.map(({ node }) => node)).size === 1,
          ).toBe(true);
        }
        expect(spelled).toEqual(list);
      }),
    );
  });

  it('hold each beginning once', () => {
    const [tree] = planPromptTrees([[1, 2, 3], [1, 2, 4], [1, 2, 3], [5]], 100);
    expect(tree?.tokenIds).toEqual([1, 2, 3, 4, 5]);
    expect(tree?.parents).toEqual([-1, 0, 1, 1, -1]);
  });

  it('let a token look at itself and its ancestors only', () => {
    fc.assert(
      fc.property(prompts, (list) => {
        for (const tree of planPromptTrees(list, 30)) {
          const mask = ancestorMask(tree, -1);
          const count = tree.tokenIds.length;
          for (let row = 0; row < count; row++) {
            const seen = [...mask.subarray(row * count, (row + 1) * count)].filter(
              (value) => value === 0,
            ).length;
            expect(seen).toBe(tree.depths[row]! + 1);
            expect(mask[row * count + row]).toBe(0);
          }
        }
      }),
    );
  });
});
