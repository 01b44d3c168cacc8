import { describe, expect, it } from 'vitest';
import { createGraphSession } from '../runtime/ort.ts';
import { GraphBuilder } from './graph-builder.ts';
import { encodeOnnxModel } from './onnx-model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

describe('protobuf writer', () => {
  it('writes the examples of the format description', () => {
    expect([...new ProtobufWriter().integer(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    const text = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67];
    expect([...new ProtobufWriter().string(2, 'testing').finish()]).toEqual(text);
    const inner = new ProtobufWriter().integer(1, 150);
    expect([...new ProtobufWriter().message(3, inner).finish()]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  });

  it('writes negative numbers, large numbers and floats', () => {
    const minusOne = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    expect([...new ProtobufWriter().integer(1, -1).finish()]).toEqual(minusOne);
    expect([...new ProtobufWriter().integer(1, 2 ** 40).finish()].length).toBe(7);
    expect([...new ProtobufWriter().float(20, 1).finish()]).toEqual([0xa5, 0x01, 0, 0, 0x80, 0x3f]);
  });
});

describe('onnx model', () => {
  it('names free dimensions and declares opset 17', () => {
    const input = { name: 'x', dtype: 'float32' as const, dims: ['batch', 3] };
    const bytes = encodeOnnxModel({ name: 'g', nodes: [], initializers: [], inputs: [input], outputs: [] });
    expect([...bytes.subarray(0, 2)]).toEqual([0x08, 8]);
    expect(Buffer.from(bytes).includes('batch')).toBe(true);
    expect([...bytes.subarray(-6)]).toEqual([0x42, 4, 0x0a, 0, 0x10, 17]);
  });

  it('is accepted by the runtime', async () => {
    const graph = new GraphBuilder('double');
    const x = graph.input('x', 'float32', ['rows', 2]);
    graph.output('y', graph.node('Mul', [x, graph.scalar(2)]), 'float32', ['rows', 2]);
    const session = await createGraphSession(graph.finish(), 'cpu');
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } });
    expect(y).toEqual({ data: Float32Array.of(2, 4, 6, 8), dims: [2, 2] });
    await session.dispose();
  });
});
