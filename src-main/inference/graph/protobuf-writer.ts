// Writes Protocol Buffers wire format: varints, fixed 32-bit floats and length-delimited fields. Knows no
// message type; onnx-model.ts does.

const textEncoder = new TextEncoder();

/** Collects the fields of one message. Fields are written in call order; repeated fields by repeated calls. */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #byteLength = 0;

  /** Any int32, int64, uint64, bool or enum field. Negative values take ten bytes, as the format asks. */
  integer(fieldNumber: number, value: number | bigint): this {
    this.#append(varint(BigInt(fieldNumber) << 3n));
    this.#append(varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  float(fieldNumber: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#append(varint((BigInt(fieldNumber) << 3n) | 5n));
    this.#append(bytes);
    return this;
  }

  string(fieldNumber: number, value: string): this {
    return this.bytes(fieldNumber, textEncoder.encode(value));
  }

  message(fieldNumber: number, value: ProtobufWriter): this {
    return this.bytes(fieldNumber, value.finish());
  }

  bytes(fieldNumber: number, value: Uint8Array): this {
    this.#append(varint((BigInt(fieldNumber) << 3n) | 2n));
    this.#append(varint(BigInt(value.byteLength)));
    this.#append(value);
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#byteLength);
    let offset = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return out;
  }

  #append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.byteLength;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
