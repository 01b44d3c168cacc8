import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { ApiClient, ConnectionError } from './api-client.ts';
import { explainError } from './explain-error.ts';

function clientAnswering(answer: () => Response): { api: ApiClient; requests: Request[] } {
  const requests: Request[] = [];
  const api = new ApiClient((input, init) => {
    requests.push(new Request(new URL(input as string, 'http://127.0.0.1'), init));
    return Promise.resolve(answer());
  });
  return { api, requests };
}

describe('ApiClient', () => {
  it('sends the session with every request and JSON with writes', async () => {
    const { api, requests } = clientAnswering(() => Response.json({ categories: [] }));
    api.sessionId = 'window-1';
    await api.addCategories('sky, sea');
    expect({
      method: requests[0]?.method,
      url: requests[0]?.url,
      session: requests[0]?.headers.get('x-clearlabel-session'),
      body: await requests[0]?.json(),
    }).toEqual({
      method: 'POST',
      url: 'http://127.0.0.1/api/categories',
      session: 'window-1',
      body: { text: 'sky, sea' },
    });
  });

  it('turns a problem answer into an AppError', async () => {
    const { api } = clientAnswering(() =>
      Response.json({ code: 'project/disk-full', message: 'Make room.', details: {} }, { status: 507 }),
    );
    await expect(api.project()).rejects.toMatchObject({ code: 'project/disk-full', message: 'Make room.' });
  });

  it('refuses an answer of another form', async () => {
    const { api } = clientAnswering(() => Response.json({ categories: [{ id: 'one' }] }));
    await expect(api.categories()).rejects.toMatchObject({ code: 'internal' });
  });

  it('accepts an empty answer where nothing is expected', async () => {
    const { api } = clientAnswering(() => new Response(null, { status: 204 }));
    await expect(api.putView(1, '{}')).resolves.toBeNull();
  });

  it('tells a server that does not answer from one that refuses', async () => {
    const api = new ApiClient(() => Promise.reject(new TypeError('fetch failed')));
    await expect(api.models()).rejects.toBeInstanceOf(ConnectionError);
  });

  it('encodes addresses', async () => {
    const { api, requests } = clientAnswering(() => Response.json({ jobs: [] }));
    await api.jobs();
    await api.folders('/a b/ü#1').catch(() => undefined);
    await api.controlJob('a/b', 'pause');
    expect(requests.map((request) => request.url)).toEqual([
      'http://127.0.0.1/api/jobs',
      'http://127.0.0.1/api/folders?path=%2Fa+b%2F%C3%BC%231',
      'http://127.0.0.1/api/jobs/a%2Fb/pause',
    ]);
  });
});

describe('explainError', () => {
  it('chooses the title by the code and keeps cancellations quiet', () => {
    expect([
      explainError(new AppError('project/disk-full', 'Make room.'))?.title,
      explainError(new AppError('job/cancelled', 'x')),
      explainError(new DOMException('x', 'AbortError')),
      explainError(new ConnectionError(null))?.title,
    ]).toEqual(['The disk is full', null, null, 'No connection']);
  });
});
