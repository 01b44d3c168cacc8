import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithShared, sharedData } from '#root/scripts/testing/fixtures.ts';
import { createImagingWorker } from './imaging-worker.ts';
import { buildBmp, buildPng, buildTiff } from './testing/build-files.ts';

const worker = createImagingWorker();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearlabel-imaging-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A picture whose four quarters differ: red, green / blue, white. */
function quarters(widthPx: number, heightPx: number): Buffer {
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const colour = QUARTER_COLOURS[(y * 2 < heightPx ? 0 : 2) + (x * 2 < widthPx ? 0 : 1)] ?? [0, 0, 0];
      rgb.set(colour, (y * widthPx + x) * 3);
    }
  }
  return rgb;
}
const QUARTER_COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];

function quartersSharp(widthPx: number, heightPx: number): Sharp {
  return sharp(quarters(widthPx, heightPx), { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

/** The colour of the middle of each quarter as one of the letters R G B W (lossy formats: nearest). */
function quarterLetters(image: { widthPx: number; heightPx: number; rgb: Uint8Array }): string {
  const letterAt = (x: number, y: number): string => {
    const at = (Math.floor(y) * image.widthPx + Math.floor(x)) * 3;
    const pixel = [...image.rgb.subarray(at, at + 3)];
    const distances = QUARTER_COLOURS.map((colour) =>
      colour.reduce((sum, value, channel) => sum + Math.abs(value - (pixel[channel] ?? 0)), 0),
    );
    return 'RGBW'[distances.indexOf(Math.min(...distances))] ?? '?';
  };
  const { widthPx: w, heightPx: h } = image;
  return (
    letterAt(w / 4, h / 4) +
    letterAt((w * 3) / 4, h / 4) +
    letterAt(w / 4, (h * 3) / 4) +
    letterAt((w * 3) / 4, (h * 3) / 4)
  );
}

async function decodeEncoded(
  bytes: Uint8Array,
): Promise<{ widthPx: number; heightPx: number; rgb: Uint8Array }> {
  // What a browser does: decode and turn by EXIF.
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, rgb: data };
}

describe('EXIF orientation', () => {
  // Where the stored quarters R G / B W end up when the file says that it must be turned.
  const uprightByOrientation = ['RGBW', 'GRWB', 'WBGR', 'BWRG', 'RBGW', 'BRWG', 'WGBR', 'GWRB'];

  it.each(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation) =>
      ['jpeg', 'png', 'webp', 'tiff'].map((format) => [orientation, format] as const),
    ),
  )('%i in %s: sizes, pixels, display and thumbnail are upright', async (orientation, format) => {
    const bytes = await quartersSharp(40, 24)
      .withMetadata({ orientation })
      .toFormat(format as 'jpeg')
      .toBuffer();
    const path = write(`exif-${orientation}.${format}`, bytes);
    const size = orientation >= 5 ? { widthPx: 24, heightPx: 40 } : { widthPx: 40, heightPx: 24 };
    const letters = uprightByOrientation[orientation - 1];
    expect(await worker.probe({ path })).toMatchObject({ ...size, orientation, format });
    const decoded = await worker.decodeRgb({ path });
    expect({
      widthPx: decoded.widthPx,
      heightPx: decoded.heightPx,
      letters: quarterLetters(decoded),
    }).toEqual({ ...size, letters });
    const shown = await worker.display({ path, maxPixels: 1e6 });
    expect(shown).toMatchObject(size);
    expect(quarterLetters(await decodeEncoded(shown.bytes))).toBe(letters);
    const thumbnail = await worker.thumbnail({ path, maxSidePx: 20 });
    expect(quarterLetters(await decodeEncoded(thumbnail.bytes))).toBe(letters);
    expect(Math.max(thumbnail.widthPx, thumbnail.heightPx)).toBe(20);
  });
});

describe('formats', () => {
  it('reads every format that the content shows, whatever the name says', async () => {
    const files: [string, Uint8Array][] = [
      ['a.png', await quartersSharp(32, 20).jpeg().toBuffer()],
      ['b.jpg', await quartersSharp(32, 20).png().toBuffer()],
      ['c.jpg', await quartersSharp(32, 20).webp().toBuffer()],
      ['d.jpg', await quartersSharp(32, 20).avif().toBuffer()],
      ['e.jpg', await quartersSharp(32, 20).tiff().toBuffer()],
      ['f.jpg', await quartersSharp(32, 20).gif().toBuffer()],
      ['g.png', await quartersSharp(32, 20).png({ palette: true, colours: 4 }).toBuffer()],
      ['h.png', await quartersSharp(32, 20).toColourspace('rgb16').png().toBuffer()],
    ];
    const seen: unknown[] = [];
    for (const [name, bytes] of files) {
      const path = write(name, bytes);
      const { format, bitDepth, widthPx } = await worker.probe({ path });
      const shown = await worker.display({ path, maxPixels: 1e6 });
      const letters =
        quarterLetters(await worker.decodeRgb({ path })) + quarterLetters(await decodeEncoded(shown.bytes));
      seen.push([format, bitDepth, widthPx, letters, shown.mimeType]);
    }
    expect(seen).toEqual([
      ['jpeg', 8, 32, 'RGBWRGBW', 'image/jpeg'],
      ['png', 8, 32, 'RGBWRGBW', 'image/png'],
      ['webp', 8, 32, 'RGBWRGBW', 'image/webp'],
      ['avif', 8, 32, 'RGBWRGBW', 'image/avif'],
      ['tiff', 8, 32, 'RGBWRGBW', 'image/png'],
      ['gif', 8, 32, 'RGBWRGBW', 'image/png'],
      ['png', expect.toBeOneOf([2, 4, 8]), 32, 'RGBWRGBW', 'image/png'],
      ['png', 16, 32, 'RGBWRGBW', 'image/png'],
    ]);
  });

  it('gives the bytes of a file back where a browser shows them right', async () => {
    const bytes = await quartersSharp(32, 20).jpeg().toBuffer();
    const shown = await worker.display({ path: write('same.jpg', bytes), maxPixels: 1e6 });
    expect(Buffer.compare(shown.bytes, bytes)).toBe(0);
  });

  it('shrinks for display only above the limit', async () => {
    const path = write('large.png', await quartersSharp(400, 200).png().toBuffer());
    expect(await worker.display({ path, maxPixels: 20_000 })).toMatchObject({
      widthPx: 200,
      heightPx: 100,
      mimeType: 'image/jpeg',
    });
    expect(await worker.display({ path, maxPixels: 80_000 })).toMatchObject({
      widthPx: 400,
      heightPx: 200,
      mimeType: 'image/png',
    });
  });

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([quarters(16, 16), Buffer.alloc(16 * 16 * 3, 0)]);
    const bytes = await sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } })
      .gif({ loop: 0, delay: [100, 100] })
      .toBuffer();
    const path = write('moving.gif', bytes);
    expect(await worker.probe({ path })).toMatchObject({ widthPx: 16, heightPx: 16 });
    expect(quarterLetters(await worker.decodeRgb({ path }))).toBe('RGBW');
    expect((await worker.display({ path, maxPixels: 1e6 })).mimeType).toBe('image/png');
  });

  it('lays transparent parts on white', async () => {
    const rgba = Buffer.from([255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 128, 0, 255, 0, 255]);
    const bytes = await sharp(rgba, { raw: { width: 4, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    const path = write('alpha.png', bytes);
    const expected = [255, 0, 0, 255, 255, 255, 127, 127, 127, 0, 255, 0];
    expect([...(await worker.decodeRgb({ path })).rgb]).toEqual(expected);
    const shown = await decodeEncoded((await worker.display({ path, maxPixels: 100 })).bytes);
    expect([...shown.rgb]).toEqual(expected);
  });

  it('turns CMYK into RGB, with and without a profile', async () => {
    const plain = write(
      'cmyk.jpg',
      await quartersSharp(32, 20).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
    );
    const tagged = write(
      'cmyk-icc.jpg',
      await quartersSharp(32, 20)
        .withIccProfile('cmyk')
        .toColourspace('cmyk')
        .jpeg({ quality: 100 })
        .toBuffer(),
    );
    for (const path of [plain, tagged]) {
      expect(await worker.probe({ path })).toMatchObject({ channels: 4 });
      // Pure green lies outside what these inks can print.
      expect(quarterLetters(await worker.decodeRgb({ path }))).toMatch(/^R.BW$/);
      expect((await worker.display({ path, maxPixels: 1e6 })).mimeType).toBe('image/png');
    }
  });

  it('keeps stored values for the model when a picture has a profile', async () => {
    const rgb = Buffer.from([200, 100, 50, 10, 20, 30]);
    const bytes = await sharp(rgb, { raw: { width: 2, height: 1, channels: 3 } })
      .withIccProfile('p3', { attach: true })
      .png()
      .toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect([...(await worker.decodeRgb({ path: write('p3.png', bytes) })).rgb]).toEqual([...stored]);
  });
});

describe('sample types', () => {
  it('keeps the high byte of 16 bits', async () => {
    const values = Uint16Array.of(0, 255, 256, 0x1234, 0x80ff, 0xffff);
    const tiff = write('gray16.tif', buildTiff(6, 1, 1, 1, values));
    const rows = [
      { filter: 0, bytes: Uint8Array.from([...values].flatMap((value) => [value >> 8, value & 255])) },
    ];
    const png = write('gray16.png', buildPng({ widthPx: 6, heightPx: 1, bitDepth: 16, colour: 0, rows }));
    for (const path of [tiff, png]) {
      const { rgb } = await worker.decodeRgb({ path });
      expect([...rgb].filter((_, index) => index % 3 === 0)).toEqual([0, 0, 1, 0x12, 0x80, 255]);
      expect((await worker.probe({ path })).bitDepth).toBe(16);
    }
  });

  it('reads 1-bit, 2-bit and 4-bit gray', async () => {
    const rows = [{ filter: 0, bytes: Uint8Array.of(0b10110000) }];
    const path = write('bits.png', buildPng({ widthPx: 4, heightPx: 1, bitDepth: 1, colour: 0, rows }));
    expect([...(await worker.decodeRgb({ path })).rgb].filter((_, index) => index % 3 === 0)).toEqual([
      255, 0, 255, 255,
    ]);
    const two = write(
      'two.png',
      buildPng({
        widthPx: 4,
        heightPx: 1,
        bitDepth: 2,
        colour: 0,
        rows: [{ filter: 0, bytes: Uint8Array.of(0b00011011) }],
      }),
    );
    expect([...(await worker.decodeRgb({ path: two })).rgb].filter((_, index) => index % 3 === 0)).toEqual([
      0, 85, 170, 255,
    ]);
  });

  it('shows floats of 0..1 as they are, NaN black, and stretches any other range', async () => {
    const unit = write('unit.tif', buildTiff(5, 1, 1, 3, Float32Array.of(0, 0.5, 1, NaN, Infinity)));
    expect([...(await worker.decodeRgb({ path: unit })).rgb].filter((_, index) => index % 3 === 0)).toEqual([
      0, 128, 255, 0, 255,
    ]);
    const wide = write('wide.tif', buildTiff(4, 1, 1, 3, Float32Array.of(-100, 0, 300, NaN), 3));
    expect([...(await worker.decodeRgb({ path: wide })).rgb].filter((_, index) => index % 3 === 0)).toEqual([
      0, 255, 64, 0,
    ]);
    const colour = write('colour.tif', buildTiff(1, 1, 3, 3, Float32Array.of(0, 0.2, 1)));
    expect([...(await worker.decodeRgb({ path: colour })).rgb]).toEqual([0, 51, 255]);
    expect((await worker.thumbnail({ path: colour, maxSidePx: 10 })).mimeType).toBe('image/webp');
  });

  it('survives a picture of nothing but NaN', async () => {
    const path = write('nan.tif', buildTiff(2, 2, 1, 3, new Float32Array(4).fill(NaN)));
    expect([...(await worker.decodeRgb({ path })).rgb]).toEqual(new Array(12).fill(0));
  });

  it('stretches 32-bit integers', async () => {
    const path = write('u32.tif', buildTiff(3, 1, 1, 1, Uint32Array.of(1000, 2000, 3000)));
    expect([...(await worker.decodeRgb({ path })).rgb].filter((_, index) => index % 3 === 0)).toEqual([
      0, 128, 255,
    ]);
  });
});

describe('bad files', () => {
  const bomb = (): Uint8Array =>
    buildPng({
      widthPx: 60_000,
      heightPx: 60_000,
      bitDepth: 8,
      colour: 2,
      rows: [{ filter: 0, bytes: new Uint8Array(100_000) }],
    });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['zero bytes', () => new Uint8Array(0), 'image/empty-file'],
    ['text that is called .jpg', () => Buffer.from('hello, I am not a picture'), 'image/unsupported'],
    [
      'SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'image/unsupported',
    ],
    ['a bomb', bomb, 'image/too-large'],
    [
      'a strip of 40 000 pixels',
      () =>
        buildPng({
          widthPx: 40_000,
          heightPx: 1,
          bitDepth: 1,
          colour: 0,
          rows: [{ filter: 0, bytes: new Uint8Array(5000) }],
        }),
      'image/too-large',
    ],
    ['two bytes of JPEG', () => Uint8Array.of(0xff, 0xd8, 0xff), 'image/truncated'],
    [
      'a PNG signature alone',
      () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'image/decode-failed',
    ],
    [
      'HEIC without a decoder',
      () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'image/unsupported',
    ],
  ])('explains %s', async (_name, build, code) => {
    const path = write('bad.jpg', await build());
    await expect(worker.probe({ path })).rejects.toMatchObject({ code });
    await expect(worker.display({ path, maxPixels: 1e6 })).rejects.toMatchObject({ code });
  });

  it.each(['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const)(
    'refuses %s that is cut off, everywhere',
    async (format) => {
      const noise = Buffer.from(Array.from({ length: 90 * 60 * 3 }, (_, index) => (index * 7919) % 251));
      const bytes = await sharp(noise, { raw: { width: 90, height: 60, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      for (const keep of [0.3, 0.6, 0.95]) {
        const path = write(`cut.${format}`, bytes.subarray(0, Math.floor(bytes.length * keep)));
        const codes = ['image/truncated', 'image/decode-failed'];
        const isCutCode: unknown = expect.objectContaining({ code: expect.toBeOneOf(codes) as unknown });
        await expect(
          worker.decodeForModel({ path, resize: { shortSidePx: 32, longSideMaxPx: 99 } }),
        ).rejects.toEqual(isCutCode);
        await expect(worker.display({ path, maxPixels: 1e6 })).rejects.toEqual(isCutCode);
        await expect(worker.thumbnail({ path, maxSidePx: 20 })).rejects.toEqual(isCutCode);
      }
    },
  );

  it('says that a file is gone', async () => {
    await expect(worker.probe({ path: join(folder, 'gone.jpg') })).rejects.toMatchObject({
      code: 'image/missing',
    });
  });

  it('holds no file open after a failure', async () => {
    const path = write('again.jpg', Buffer.from('not yet'));
    await expect(worker.probe({ path })).rejects.toMatchObject({ code: 'image/unsupported' });
    copyFileSync(write('good.jpg', await quartersSharp(8, 8).jpeg().toBuffer()), path);
    expect(await worker.probe({ path })).toMatchObject({ widthPx: 8 });
  });
});

describe('decodeForModel', () => {
  it('has the size of the rule and the upright size of the file', async () => {
    const path = write(
      'tall.jpg',
      await quartersSharp(200, 100).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    const result = await worker.decodeForModel({ path, resize: { shortSidePx: 30, longSideMaxPx: 50 } });
    expect(result).toMatchObject({ widthPx: 25, heightPx: 50, originalWidthPx: 100, originalHeightPx: 200 });
    expect(quarterLetters(result)).toBe('BRWG');
    expect(result.rgb.length).toBe(25 * 50 * 3);
  });
});

describe('encode', () => {
  it.each(['png', 'webp'] as const)('%s keeps every pixel', async (format) => {
    const rgb = Uint8Array.from({ length: 5 * 4 * 3 }, (_, index) => index * 4);
    const picture = await worker.encode({ rgb, widthPx: 5, heightPx: 4, format });
    expect((await decodeEncoded(picture.bytes)).rgb).toEqual(Buffer.from(rgb));
  });
});

describe('decodeLabels', () => {
  it('reads palette numbers instead of colours, at every depth and filter', async () => {
    const palette = [
      [9, 9, 9],
      [200, 0, 0],
      [0, 200, 0],
      [0, 0, 200],
    ] as const;
    const rows = [
      { filter: 0, bytes: Uint8Array.of(0, 1, 2, 3) },
      { filter: 1, bytes: Uint8Array.of(3, 0, 254, 1) },
      { filter: 2, bytes: Uint8Array.of(253, 1, 1, 0) },
      { filter: 3, bytes: Uint8Array.of(1, 0, 0, 2) },
      { filter: 4, bytes: Uint8Array.of(0, 0, 1, 0) },
    ];
    const path = write(
      'labels.png',
      buildPng({ widthPx: 4, heightPx: 5, bitDepth: 8, colour: 3, palette, rows }),
    );
    const expected = [0, 1, 2, 3, 3, 3, 1, 2, 0, 4, 2, 2, 1, 2, 2, 4, 1, 2, 3, 4];
    expect([...(await worker.decodeLabels({ path })).labels]).toEqual(expected);
    const narrow = write(
      'narrow.png',
      buildPng({
        widthPx: 3,
        heightPx: 1,
        bitDepth: 2,
        colour: 3,
        palette,
        rows: [{ filter: 0, bytes: Uint8Array.of(0b11011000) }],
      }),
    );
    expect([...(await worker.decodeLabels({ path: narrow })).labels]).toEqual([3, 1, 2]);
  });

  it('agrees with another encoder', async () => {
    const labels = Uint8Array.from({ length: 64 * 48 }, (_, index) => (index * index) % 19);
    const bytes = await sharp(labels, { raw: { width: 64, height: 48, channels: 1 } })
      .toColourspace('b-w')
      .png({ adaptiveFiltering: true })
      .toBuffer();
    expect((await worker.decodeLabels({ path: write('gray.png', bytes) })).labels).toEqual(labels);
  });

  it('refuses colours and other formats', async () => {
    await expect(
      worker.decodeLabels({ path: write('rgb.png', await quartersSharp(8, 8).png().toBuffer()) }),
    ).rejects.toMatchObject({ code: 'image/unsupported' });
    await expect(
      worker.decodeLabels({ path: write('l.jpg', await quartersSharp(8, 8).jpeg().toBuffer()) }),
    ).rejects.toMatchObject({ code: 'image/unsupported' });
  });
});

it('reads BMP like any other format', async () => {
  const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0);
  const path = write('x.bmp', buildBmp({ widthPx: 2, heightPx: 2, bitsPerPixel: 24, pixels }));
  expect(await worker.probe({ path })).toEqual({
    widthPx: 2,
    heightPx: 2,
    orientation: 1,
    format: 'bmp',
    bitDepth: 8,
    channels: 3,
  });
  const shown = await worker.display({ path, maxPixels: 100 });
  expect([...(await decodeEncoded(shown.bytes)).rgb]).toEqual([
    255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 0,
  ]);
});

describeWithShared('real photos', () => {
  it('decodes 50 photos at the sizes that their data set states', async () => {
    const root = sharedData('coco50');
    const annotations = root === null ? null : join(root, 'instances_val2017.json');
    if (root === null || annotations === null || !existsSync(annotations)) return;
    const { images } = JSON.parse(readFileSync(annotations, 'utf8')) as {
      images: { file_name: string; width: number; height: number }[];
    };
    const imageFolder = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith(images[0]?.file_name ?? '?'),
    );
    const prefix = (imageFolder ?? '').slice(0, -(images[0]?.file_name.length ?? 0));
    for (const image of images) {
      const { widthPx, heightPx } = await worker.decodeRgb({ path: join(root, prefix, image.file_name) });
      expect([image.file_name, widthPx, heightPx]).toEqual([image.file_name, image.width, image.height]);
    }
  });
});
