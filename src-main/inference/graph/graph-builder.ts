// Collects the nodes and initializers of one graph. Weights become initializers that point into the
// checkpoint file by offset; half-precision ones pass through a Cast. Knows no model structure.

import { basename } from 'node:path';
import type { TensorReference } from '../checkpoint/clip-weights.ts';
import {
  encodeOnnxModel,
  onnxDtypeNumber,
  type AttributeValue,
  type OnnxDtype,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValue,
} from './onnx-model.ts';

const WEIGHT_DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;

/** A finished graph and the files its weights stay in. */
export interface BuiltGraph {
  readonly name: string;
  /** The bytes of an `.onnx` file; external data are named by the base names of `weightFiles`. */
  readonly model: Uint8Array;
  /** Absolute paths. */
  readonly weightFiles: readonly string[];
}

/** Name of a value inside a graph. */
export type ValueName = string;

export type NodeAttributes = Readonly<Record<string, AttributeValue>>;

export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #weightFiles = new Set<string>();
  readonly #float32Names = new Map<string, ValueName>();
  #valueCount = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dtype: OnnxDtype, dims: readonly (number | string)[]): ValueName {
    this.#inputs.push({ name, dtype, dims });
    return name;
  }

  /** Publishes `value` under `name`. */
  output(name: string, value: ValueName, dtype: OnnxDtype, dims: readonly (number | string)[]): void {
    this.#nodes.push({ operator: 'Identity', inputs: [value], outputs: [name], attributes: {} });
    this.#outputs.push({ name, dtype, dims });
  }

  /** Adds a node with one output and returns the output's name. */
  node(operator: string, inputs: readonly ValueName[], attributes: NodeAttributes = {}): ValueName {
    const output = `v${this.#valueCount++}`;
    this.#nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  }

  /** A tensor of the checkpoint as float32. The runtime folds the Cast of a half-precision one when it loads. */
  weight(tensor: TensorReference): ValueName {
    const known = this.#float32Names.get(tensor.name);
    if (known !== undefined) return known;
    this.#initializers.set(tensor.name, {
      kind: 'external',
      name: tensor.name,
      dtype: WEIGHT_DTYPES[tensor.dtype],
      dims: tensor.shape,
      location: basename(tensor.file),
      offsetBytes: tensor.offsetBytes,
      byteLength: tensor.byteLength,
    });
    this.#weightFiles.add(tensor.file);
    const name = tensor.dtype === 'F32' ? tensor.name : this.#castToFloat32(tensor.name);
    this.#float32Names.set(tensor.name, name);
    return name;
  }

  int64(values: readonly number[]): ValueName {
    const bytes = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    return this.#inline('int64', [values.length], bytes, `i64:${values.join(',')}`);
  }

  /** A rank-0 float32 constant. */
  scalar(value: number): ValueName {
    return this.#inline('float32', [], new Uint8Array(Float32Array.of(value).buffer), `f32:${value}`);
  }

  finish(): BuiltGraph {
    const model = encodeOnnxModel({
      name: this.#name,
      nodes: this.#nodes,
      initializers: [...this.#initializers.values()],
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
    return { name: this.#name, model, weightFiles: [...this.#weightFiles] };
  }

  #castToFloat32(value: ValueName): ValueName {
    return this.node('Cast', [value], { to: { kind: 'int', value: onnxDtypeNumber('float32') } });
  }

  #inline(dtype: OnnxDtype, dims: readonly number[], bytes: Uint8Array, name: string): ValueName {
    if (!this.#initializers.has(name)) {
      this.#initializers.set(name, { kind: 'inline', name, dtype, dims, bytes });
    }
    return name;
  }
}
