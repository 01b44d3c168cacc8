// What Electron starts; everything else can be imported by tests.

import { run } from './main.ts';

run();
