// MaskCLIP (Zhou et al., ECCV 2022, arXiv 2112.01071) as ClearCLIP's authors run it: identity attention, no residual,
// no FFN.

import { layerNorm, linear } from '../layers.ts';
import type { LastBlock } from './head.ts';

/** out_proj(v), v from ln_1 of the tokens. */
export const maskclipLastBlock: LastBlock = (context, tokens, block) => {
  const value = linear(context, layerNorm(context, tokens, block.norm1), block.value);
  return linear(context, value, block.output);
};
