// The table of methods: a name and its last block. A new method is one file here and one line below.

import type { MethodName } from '#main/workers/messages.ts';
import type { ImageTowerWeights } from '../../checkpoint/clip-weights.ts';
import type { BuiltGraph } from '../graph-builder.ts';
import { clearclipLastBlock } from './clearclip.ts';
import { clipLastBlock } from './clip.ts';
import { headGraph, type LastBlock } from './head.ts';
import { maskclipLastBlock } from './maskclip.ts';

const LAST_BLOCKS: Readonly<Record<MethodName, LastBlock>> = {
  clearclip: clearclipLastBlock,
  clip: clipLastBlock,
  maskclip: maskclipLastBlock,
};

/** The graph of one method's head; inputs and outputs as in head.ts. */
export function methodHeadGraph(method: MethodName, image: ImageTowerWeights): BuiltGraph {
  return headGraph(method, image, LAST_BLOCKS[method]);
}
