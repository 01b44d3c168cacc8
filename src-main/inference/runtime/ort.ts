// The only file that knows onnxruntime-node. Switches its telemetry off before the native library loads, and
// offers sessions over graphs whose weights stay in the checkpoint's own files.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import type { ProviderName } from '#main/workers/messages.ts';
import type { BuiltGraph } from '../graph/graph-builder.ts';

/** Official builds send usage data unless this is set before the library loads. */
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export interface TensorFeed {
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

export interface FloatTensor {
  /** Row-major. */
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** One loaded graph. Runs block this process's thread. */
export interface GraphSession {
  run(feeds: Readonly<Record<string, TensorFeed>>): Promise<Record<string, FloatTensor>>;
  dispose(): Promise<void>;
}

let loadedLibrary: typeof Ort | null = null;

/** Loaded at the first use, after the line above that silences it. */
function library(): typeof Ort {
  loadedLibrary ??= createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  return loadedLibrary;
}

/** Whether this build of the runtime contains the provider; it may still lack a device. */
export function isProviderBundled(provider: ProviderName): boolean {
  return library()
    .listSupportedBackends()
    .some((backend) => backend.name === provider && backend.bundled);
}

/**
 * Loads a graph. Its weights are read straight from the checkpoint's folder, which may be read-only: the graph
 * itself is passed in memory and never written.
 * @throws whatever the runtime says: no device for the provider, an operator it lacks.
 */
export async function createGraphSession(graph: BuiltGraph, provider: ProviderName): Promise<GraphSession> {
  const { InferenceSession, Tensor } = library();
  const session = await InferenceSession.create(graph.model, {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    logSeverityLevel: 3,
    ...(await weightOptions(graph.weightFiles)),
  });
  return {
    run: async (feeds) => {
      const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims),
      ]);
      const outputs = await session.run(Object.fromEntries(tensors) as Ort.InferenceSession.FeedsType);
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, floatTensor(value)]));
    },
    dispose: () => session.release(),
  };
}

/** The runtime accepts one folder of external data; files spread over several (link farms) go in memory. */
async function weightOptions(files: readonly string[]): Promise<Ort.InferenceSession.SessionOptions> {
  const folders = new Set(files.map((file) => dirname(file)));
  const [folder] = folders;
  if (folder === undefined) return {};
  if (folders.size === 1) {
    return { extra: { session: { model_external_initializers_file_folder_path: folder } } };
  }
  const readOne = async (file: string) => ({ path: basename(file), data: await readFile(file) });
  return { externalData: await Promise.all(files.map(readOne)) };
}

function floatTensor(value: Ort.OnnxValue): FloatTensor {
  if (!(value.data instanceof Float32Array)) throw new Error(`expected float32 output, got ${value.type}`);
  return { data: value.data, dims: value.dims };
}
