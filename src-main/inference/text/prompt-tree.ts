// Joins prompts that begin alike into trees of tokens. The text tower is causal: what it computes for a token depends
// on the tokens before it alone, so a beginning that prompts share is computed once, and exactly.

/** Prompts for one run of the tower, as one sequence of tree nodes; every parent comes before its children. */
export interface PromptTree {
  /** Token of each node. */
  readonly tokenIds: readonly number[];
  /** Place of each node's token in its prompt, 0-based. */
  readonly depths: readonly number[];
  /** Index of each node's parent; −1 for the first token. */
  readonly parents: readonly number[];
  /** The prompts that are read here: index in the caller's list, and the node of their last token. */
  readonly ends: readonly { readonly prompt: number; readonly node: number }[];
}

/**
 * Distributes prompts over trees of at most `maxNodes` nodes (a longer prompt has its own). Every prompt, however
 * often it occurs, ends in exactly one tree.
 *
 * @param prompts token ids, none empty
 */
export function planPromptTrees(prompts: readonly (readonly number[])[], maxNodes: number): PromptTree[] {
  const order = prompts.map((_, index) => index);
  // In this order the prompts that share most stand together.
  order.sort((a, b) => compareIds(prompts[a] ?? [], prompts[b] ?? []));
  const trees: TreeBuilder[] = [];
  for (const index of order) {
    const ids = prompts[index] ?? [];
    let tree = trees.at(-1);
    if (tree === undefined || (tree.size > 0 && tree.size + tree.missingNodes(ids) > maxNodes)) {
      tree = new TreeBuilder();
      trees.push(tree);
    }
    tree.add(index, ids);
  }
  return trees;
}

class TreeBuilder implements PromptTree {
  readonly tokenIds: number[] = [];
  readonly depths: number[] = [];
  readonly parents: number[] = [];
  readonly ends: { prompt: number; node: number }[] = [];
  readonly #nodes = new Map<string, number>();

  get size(): number {
    return this.tokenIds.length;
  }

  missingNodes(ids: readonly number[]): number {
    let parent = -1;
    for (const [depth, id] of ids.entries()) {
      const node = this.#nodes.get(`${parent} ${id}`);
      if (node === undefined) return ids.length - depth;
      parent = node;
    }
    return 0;
  }

  add(prompt: number, ids: readonly number[]): void {
    let parent = -1;
    for (const [depth, id] of ids.entries()) parent = this.#child(parent, id, depth);
    this.ends.push({ prompt, node: parent });
  }

  #child(parent: number, id: number, depth: number): number {
    const key = `${parent} ${id}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = this.tokenIds.push(id) - 1;
    this.depths.push(depth);
    this.parents.push(parent);
    this.#nodes.set(key, node);
    return node;
  }
}

/**
 * Additive attention mask, float32 [nodes, nodes]: 0 where the column is the row's node or one of its ancestors,
 * `masked` elsewhere.
 */
export function ancestorMask(tree: PromptTree, masked: number): Float32Array {
  const count = tree.parents.length;
  const mask = new Float32Array(count * count).fill(masked);
  for (let row = 0; row < count; row++) {
    for (let node = row; node >= 0; node = tree.parents[node] ?? -1) mask[row * count + node] = 0;
  }
  return mask;
}

function compareIds(a: readonly number[], b: readonly number[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
