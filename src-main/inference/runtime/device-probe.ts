// A one-node graph that shows within a moment whether a provider has a device and whether it is of any use.

import type { ProviderName } from '#main/workers/messages.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { createGraphSession, type GraphSession } from './ort.ts';

const SIDE = 512;

/**
 * How many times slower than the CPU the provider multiplies two matrices of 512 × 512 (best of three runs).
 * @throws what the runtime says when the provider has no device.
 */
export async function probeSlowdown(provider: ProviderName): Promise<number> {
  const graph = new GraphBuilder('probe');
  const a = graph.input('a', 'float32', [SIDE, SIDE]);
  const b = graph.input('b', 'float32', [SIDE, SIDE]);
  graph.output('product', graph.node('MatMul', [a, b]), 'float32', [SIDE, SIDE]);
  const built = graph.finish();
  const candidate = await createGraphSession(built, provider);
  const cpu = await createGraphSession(built, 'cpu');
  try {
    return (await bestRunMs(candidate)) / (await bestRunMs(cpu));
  } finally {
    await candidate.dispose();
    await cpu.dispose();
  }
}

async function bestRunMs(session: GraphSession): Promise<number> {
  const matrix = { data: new Float32Array(SIDE * SIDE).fill(0.5), dims: [SIDE, SIDE] };
  let best = Infinity;
  for (let run = 0; run < 3; run++) {
    const startMs = performance.now();
    await session.run({ a: matrix, b: matrix });
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}
