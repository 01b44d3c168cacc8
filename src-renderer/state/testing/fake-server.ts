// A server with behaviour, for tests: answers the addresses that the interface uses from a small project in memory.

import type { Category, ImageRecord } from '#shared/annotation/records.ts';
import type { ProjectWire, RegionWire } from '#shared/contract/wire.ts';
import { ApiClient } from '../api-client.ts';

export interface RecordedRequest {
  method: string;
  path: string;
  body: unknown;
}

export class FakeServer {
  images: ImageRecord[] = [];
  categories: Category[] = [];
  readonly requests: RecordedRequest[] = [];
  /** Holds back answers of relabel until released. */
  relabelGate: Promise<void> = Promise.resolve();
  isDown = false;
  readonly api = new ApiClient((input, init) => this.#fetch(input as string, init));

  constructor(imageCount: number) {
    this.images = Array.from({ length: imageCount }, (_, index) => imageRecord(index + 1));
  }

  requestsTo(part: string): RecordedRequest[] {
    return this.requests.filter((request) => request.path.includes(part));
  }

  async #fetch(address: string, init: RequestInit = {}): Promise<Response> {
    if (this.isDown) throw new TypeError('fetch failed');
    const url = new URL(address, 'http://127.0.0.1');
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    this.requests.push({ method, path: url.pathname + url.search, body });
    const answer = await this.#answer(method, url, body);
    if (answer === undefined)
      return Response.json(
        { code: 'request/not-found', message: 'Not there.', details: {} },
        { status: 404 },
      );
    return Response.json(answer);
  }

  async #answer(method: string, url: URL, body: unknown): Promise<unknown> {
    const { pathname, searchParams } = url;
    const imageId = Number(/^\/api\/images\/(\d+)/.exec(pathname)?.[1] ?? Number.NaN);
    if (pathname === '/api/images') return this.#list(searchParams);
    if (pathname === '/api/images/next') return this.#next(searchParams);
    if (pathname.endsWith('/annotations')) return { imageId, revision: 1, regions: [] };
    if (pathname.endsWith('/relabel')) {
      await this.relabelGate;
      return { imageId, revision: 2, regions: [proposal(imageId)], encoded: false, elapsedMs: 1 };
    }
    if (pathname === '/api/project') return this.#project();
    if (pathname.startsWith('/api/categories')) return this.#categories(method, pathname, body);
    if (Number.isNaN(imageId)) return undefined;
    if (method === 'PATCH') this.#patchImage(imageId, body as Partial<ImageRecord>);
    return this.images.find((image) => image.id === imageId);
  }

  #list(parameters: URLSearchParams): unknown {
    const offset = Number(parameters.get('offset'));
    const search = parameters.get('search') ?? '';
    const found = this.images.filter((image) => image.path.includes(search));
    const limit = Number(parameters.get('limit'));
    return { total: found.length, offset, images: found.slice(offset, offset + limit) };
  }

  #next(parameters: URLSearchParams): unknown {
    const after = parameters.get('after');
    const step = parameters.get('direction') === 'backward' ? -1 : 1;
    const isWanted = (image: ImageRecord): boolean =>
      parameters.get('filter') === 'all' || image.state === 'todo' || image.state === 'in-progress';
    let index = after === null ? 0 : this.images.findIndex((image) => image.id === Number(after)) + step;
    for (; index >= 0 && index < this.images.length; index += step) {
      const image = this.images[index];
      if (image !== undefined && isWanted(image)) return { imageId: image.id, index };
    }
    return { imageId: null, index: null };
  }

  #categories(method: string, pathname: string, body: unknown): unknown {
    if (method === 'POST')
      for (const name of (body as { text: string }).text.split(','))
        this.categories.push(category(this.categories.length + 1, name.trim()));
    if (method === 'PATCH') {
      const id = Number(pathname.split('/').at(-1));
      this.categories = this.categories.map((item) =>
        item.id === id ? { ...item, ...(body as Partial<Category>) } : item,
      );
    }
    return { categories: this.categories };
  }

  #patchImage(id: number, patch: Partial<ImageRecord>): void {
    this.images = this.images.map((image) => (image.id === id ? { ...image, ...patch } : image));
  }

  #project(): ProjectWire {
    return {
      folder: '/photos',
      name: 'photos',
      storageFolder: '/photos/.clearlabel',
      settings: {
        method: 'clearclip',
        protocol: 'paper',
        modelFolder: null,
        provider: 'auto',
        minAreaPx: 64,
        overlapMode: 'over',
      },
      categories: this.categories,
      categoryCounts: {},
      imageCount: this.images.length,
      stateCounts: { todo: this.images.length, 'in-progress': 0, done: 0, 'done-empty': 0, skipped: 0 },
      problemCount: 0,
      view: { imageId: null, json: '{}' },
    };
  }
}

export function imageRecord(id: number, patch: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id,
    path: `image ${id}.jpg`,
    widthPx: 64,
    heightPx: 48,
    orientation: 1,
    format: 'jpeg',
    bitDepth: 8,
    channels: 3,
    sizeBytes: 1000,
    modifiedMs: 1,
    state: 'todo',
    isMissing: false,
    problem: null,
    regionCount: 0,
    proposalCount: 0,
    hasFeatures: false,
    ...patch,
  };
}

export function category(id: number, name: string): Category {
  return {
    id,
    name,
    color: '#0072b2',
    prompts: [],
    threshold: 0,
    kind: 'thing',
    supercategory: '',
    order: id - 1,
  };
}

function proposal(imageId: number): RegionWire {
  return {
    record: {
      id: `proposal-of-${imageId}`,
      imageId,
      categoryId: 1,
      status: 'proposal',
      source: 'model',
      score: 0.5,
      origin: null,
      zIndex: 0,
      areaPx: 0,
      box: [0, 0, 0, 0],
      isCrowd: false,
    },
    tiles: [],
  };
}
