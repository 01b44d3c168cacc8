// Typed proxies: a WorkerHost seen as the API that its worker serves. No behaviour beyond passing calls on.

import type { ImagingWorkerApi, InferenceWorkerApi, OpenModelResult, SegmentWorkerApi } from './messages.ts';
import type { WorkerHost } from './worker-host.ts';

export function imagingClient(host: WorkerHost): ImagingWorkerApi {
  return {
    probe: (request) => host.call('probe', request),
    decodeForModel: (request) => host.call('decodeForModel', request),
    decodeRgb: (request) => host.call('decodeRgb', request),
    thumbnail: (request) => host.call('thumbnail', request),
    display: (request) => host.call('display', request),
    encode: (request) => host.call('encode', request),
    decodeLabels: (request) => host.call('decodeLabels', request),
  };
}

/** A model that was opened once is opened again by itself after the process had to be restarted. */
export function inferenceClient(host: WorkerHost): InferenceWorkerApi {
  return {
    async openModel(request) {
      const result = await host.call<OpenModelResult>('openModel', request);
      host.rememberSetup('openModel', request);
      return result;
    },
    encodeImage: (request, options) => host.call('encodeImage', request, options),
    encodeNames: (request, options) => host.call('encodeNames', request, options),
    inspectModel: (request) => host.call('inspectModel', request),
  };
}

export function segmentClient(host: WorkerHost): SegmentWorkerApi {
  return { segment: (request, options) => host.call('segment', request, options) };
}
