import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMultipart } from './multipart.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'clearlabel-multipart-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function chunked(bytes: Uint8Array, sizes: number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = Math.max(1, sizes[turn++ % sizes.length] ?? 1);
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function bodyOf(form: FormData): Promise<{ type: string; bytes: Uint8Array }> {
  const request = new Request('http://x/', { method: 'POST', body: form });
  return {
    type: request.headers.get('content-type') ?? '',
    bytes: new Uint8Array(await request.arrayBuffer()),
  };
}

function send(type: string, bytes: Uint8Array, sizes: number[]): Request {
  const init = {
    method: 'POST',
    headers: { 'content-type': type },
    body: chunked(bytes, sizes),
    duplex: 'half',
  };
  return new Request('http://x/', init);
}

test('fields and files come out as they went in, however the bytes are cut', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
      async (text, content, sizes) => {
        const form = new FormData();
        form.set('options', text);
        form.set('file', new File([Buffer.from(content), '\r\n--', '\r\n'], 'a "b" é.json'));
        const { type, bytes } = await bodyOf(form);
        const path = join(folder, `upload-${run++}`);
        const read = await readMultipart(send(type, bytes, sizes), () => path);
        // Browsers and undici send line ends as CRLF.
        expect(read.fields.get('options')).toBe(text.replace(/\r\n|\r|\n/g, '\r\n'));
        expect(readFileSync(path)).toEqual(Buffer.concat([Buffer.from(content), Buffer.from('\r\n--\r\n')]));
        expect(read.files.get('file')?.sizeBytes).toBe(content.length + 6);
      },
    ),
    { numRuns: 60 },
  );
});

test('an upload that breaks off is refused', async () => {
  const form = new FormData();
  form.set('file', new File(['x'.repeat(1000)], 'a.json'));
  const { type, bytes } = await bodyOf(form);
  const cut = send(type, bytes.slice(0, 700), [64]);
  await expect(readMultipart(cut, () => join(folder, 'cut'))).rejects.toMatchObject({
    code: 'request/invalid',
  });
});

test.each(['multipart/form-data', 'application/json', 'multipart/form-data; boundary=nothere'])(
  'a body that is not what %s says is refused',
  async (type) => {
    const request = send(type, new TextEncoder().encode('{"a":1}'), [3]);
    await expect(readMultipart(request, () => join(folder, 'odd'))).rejects.toMatchObject({
      code: 'request/invalid',
    });
  },
);
