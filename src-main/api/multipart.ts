// Reads a multipart/form-data body as it arrives: small fields into memory, files straight to disk, so that an upload
// of hundreds of megabytes needs no memory. RFC 7578; knows nothing of what the parts mean.

import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { AppError } from '#shared/errors.ts';

const MAX_FIELD_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;

export interface MultipartForm {
  /** Values of ordinary fields by name. */
  fields: Map<string, string>;
  /** Where each file part was written, by field name. */
  files: Map<string, { path: string; fileName: string; sizeBytes: number }>;
}

/**
 * @param pathOf names the file that a file part is written to
 * @throws AppError `request/invalid` for a body that breaks off or is not what its header says
 */
export async function readMultipart(
  request: Request,
  pathOf: (fieldName: string) => string,
): Promise<MultipartForm> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(request.headers.get('content-type') ?? '');
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined || request.body === null) throw invalid('The upload has no parts.');
  const parser = new MultipartParser(name, pathOf);
  try {
    for await (const chunk of request.body) await parser.write(chunk);
    return await parser.end();
  } finally {
    parser.abandon();
  }
}

type Part = { name: string; fileName: string | null };

class MultipartParser {
  readonly #delimiter: Buffer;
  readonly #pathOf: (fieldName: string) => string;
  readonly #form: MultipartForm = { fields: new Map(), files: new Map() };
  /** Bytes that arrived and are not consumed; begins with CRLF so that the first delimiter looks like all others. */
  #pending: Buffer = Buffer.from('\r\n');
  #state: 'preamble' | 'headers' | 'body' | 'done' = 'preamble';
  #part: Part = { name: '', fileName: null };
  #fieldChunks: Buffer[] = [];
  #bodyBytes = 0;
  #file: { stream: Writable; path: string } | null = null;

  constructor(boundary: string, pathOf: (fieldName: string) => string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#pathOf = pathOf;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#state !== 'done' && (await this.#step()));
  }

  async end(): Promise<MultipartForm> {
    if (this.#state !== 'done') throw invalid('The upload broke off before its end. Try again.');
    await Promise.resolve();
    return this.#form;
  }

  /** Closes a file that was being written when the upload failed. */
  abandon(): void {
    this.#file?.stream.destroy();
    this.#file = null;
  }

  /** Consumes what it can; false = more bytes are needed. */
  async #step(): Promise<boolean> {
    if (this.#state === 'headers') return this.#readHeaders();
    const at = this.#pending.indexOf(this.#delimiter);
    if (at < 0) {
      const safe = Math.max(0, this.#pending.length - this.#delimiter.length);
      await this.#takeBody(this.#pending.subarray(0, safe));
      this.#pending = this.#pending.subarray(safe);
      return false;
    }
    const after = at + this.#delimiter.length;
    if (this.#pending.length < after + 2) return false;
    await this.#takeBody(this.#pending.subarray(0, at));
    await this.#finishPart();
    const isLast = this.#pending.toString('latin1', after, after + 2) === '--';
    this.#pending = this.#pending.subarray(after + 2);
    this.#state = isLast ? 'done' : 'headers';
    return true;
  }

  #readHeaders(): boolean {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#pending.length > MAX_HEADER_BYTES) throw invalid('The upload is not understood.');
      return false;
    }
    this.#part = parsePartHeaders(this.#pending.toString('utf8', 0, end));
    // Leaves the CRLF that belongs to the delimiter of an empty body.
    this.#pending = this.#pending.subarray(end + 4);
    this.#bodyBytes = 0;
    this.#fieldChunks = [];
    if (this.#part.fileName !== null) {
      const path = this.#pathOf(this.#part.name);
      this.#file = { path, stream: createWriteStream(path, { flags: 'wx' }) };
    }
    this.#state = 'body';
    return true;
  }

  async #takeBody(bytes: Buffer): Promise<void> {
    if (this.#state !== 'body' || bytes.length === 0) return;
    this.#bodyBytes += bytes.length;
    if (this.#file === null) {
      if (this.#bodyBytes > MAX_FIELD_BYTES) throw invalid('A field of the upload is too long.');
      this.#fieldChunks.push(Buffer.from(bytes));
      return;
    }
    const { stream } = this.#file;
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #finishPart(): Promise<void> {
    if (this.#state !== 'body') return;
    if (this.#file === null) {
      this.#form.fields.set(this.#part.name, Buffer.concat(this.#fieldChunks).toString('utf8'));
      return;
    }
    const { stream, path } = this.#file;
    stream.end();
    await finished(stream);
    this.#file = null;
    const fileName = this.#part.fileName ?? '';
    this.#form.files.set(this.#part.name, { path, fileName, sizeBytes: this.#bodyBytes });
  }
}

function parsePartHeaders(text: string): Part {
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(text)?.[1];
  const name = disposition === undefined ? undefined : /;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (disposition === undefined || name === undefined) throw invalid('A part of the upload has no name.');
  return { name, fileName: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1] ?? null };
}

function invalid(message: string): AppError {
  return new AppError('request/invalid', message);
}
