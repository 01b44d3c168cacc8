// Entry of an inference process (image tower or text tower).

import { createInferenceWorker } from '#main/inference/inference-worker.ts';
import { serveWorker } from './serve.ts';

serveWorker(createInferenceWorker());
