// Entry of the imaging process.

import { createImagingWorker } from '#main/imaging/imaging-worker.ts';
import { serveWorker } from './serve.ts';

serveWorker(createImagingWorker());
