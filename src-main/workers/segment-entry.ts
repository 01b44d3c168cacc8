// Entry of the segmentation thread.

import { createSegmentWorker } from '#main/inference/segment/segment-worker.ts';
import { serveWorker } from './serve.ts';

serveWorker(createSegmentWorker());
