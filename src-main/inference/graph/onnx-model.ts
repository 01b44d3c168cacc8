// Plain description of an ONNX model and its encoding as ModelProto bytes (ir_version 8, opset 17). Field
// numbers are those of onnx.proto. Knows nothing of CLIP.

import { ProtobufWriter } from './protobuf-writer.ts';

const IR_VERSION = 8;
const OPSET_VERSION = 17;

export type OnnxDtype = 'float32' | 'int64' | 'float16' | 'bfloat16';

const DTYPE_NUMBERS: Readonly<Record<OnnxDtype, number>> = {
  float32: 1,
  int64: 7,
  float16: 10,
  bfloat16: 16,
};

/** Number of ONNX's TensorProto.DataType, as the `to` attribute of Cast wants it. */
export function onnxDtypeNumber(dtype: OnnxDtype): number {
  return DTYPE_NUMBERS[dtype];
}

export type AttributeValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] };

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

interface InitializerBase {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly dims: readonly number[];
}

/** Little-endian bytes inside the model. */
export interface InlineInitializer extends InitializerBase {
  readonly kind: 'inline';
  readonly bytes: Uint8Array;
}

/** Bytes that stay in another file; `location` is relative to the folder of external data. */
export interface ExternalInitializer extends InitializerBase {
  readonly kind: 'external';
  readonly location: string;
  readonly offsetBytes: number;
  readonly byteLength: number;
}

export type OnnxInitializer = InlineInitializer | ExternalInitializer;

/** A graph input or output; a string dimension is a free one with that name. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Encodes the graph as the bytes of an `.onnx` file. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  return new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'clearlabel')
    .message(7, graphProto(graph))
    .message(8, new ProtobufWriter().string(1, '').integer(2, OPSET_VERSION))
    .finish();
}

function graphProto(graph: OnnxGraph): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const [index, node] of graph.nodes.entries()) writer.message(1, nodeProto(node, index));
  writer.string(2, graph.name);
  for (const initializer of graph.initializers) writer.message(5, tensorProto(initializer));
  for (const input of graph.inputs) writer.message(11, valueInfoProto(input));
  for (const output of graph.outputs) writer.message(12, valueInfoProto(output));
  return writer;
}

function nodeProto(node: OnnxNode, index: number): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, `${node.operator}_${index}`).string(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, attributeProto(name, attribute));
  }
  return writer;
}

function attributeProto(name: string, attribute: AttributeValue): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name);
  switch (attribute.kind) {
    case 'float':
      return writer.float(2, attribute.value).integer(20, 1);
    case 'int':
      return writer.integer(3, attribute.value).integer(20, 2);
    case 'ints':
      for (const value of attribute.value) writer.integer(8, value);
      return writer.integer(20, 7);
  }
}

function tensorProto(initializer: OnnxInitializer): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const dimension of initializer.dims) writer.integer(1, dimension);
  writer.integer(2, onnxDtypeNumber(initializer.dtype)).string(8, initializer.name);
  if (initializer.kind === 'inline') return writer.bytes(9, initializer.bytes);
  const entries = {
    location: initializer.location,
    offset: String(initializer.offsetBytes),
    length: String(initializer.byteLength),
  };
  for (const [key, value] of Object.entries(entries)) {
    writer.message(13, new ProtobufWriter().string(1, key).string(2, value));
  }
  return writer.integer(14, 1);
}

function valueInfoProto(value: OnnxValue): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const dimension of value.dims) {
    const dim = new ProtobufWriter();
    if (typeof dimension === 'number') dim.integer(1, dimension);
    else dim.string(2, dimension);
    shape.message(1, dim);
  }
  const tensorType = new ProtobufWriter().integer(1, onnxDtypeNumber(value.dtype)).message(2, shape);
  return new ProtobufWriter().string(1, value.name).message(2, new ProtobufWriter().message(1, tensorType));
}
