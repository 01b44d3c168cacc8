// Plain CLIP (Radford et al., ICML 2021): the ordinary last block, read out at every patch.

import { transformerBlock } from '../layers.ts';
import type { LastBlock } from './head.ts';

/** x + out_proj(softmax(q kᵀ / √d) v), then + FFN. */
export const clipLastBlock: LastBlock = (context, tokens, block) =>
  transformerBlock(context, tokens, block, null);
