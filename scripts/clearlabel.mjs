#!/usr/bin/env node
// The `clearlabel` command: starts the built command line on a Node that has SQLite inside, which is the one that
// started this file or else the project's own. Plain JavaScript, so that an old Node can read it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_MAJOR = 24;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist', 'main', 'cli.js');
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const isNewEnough = Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR;
const node = isNewEnough ? process.execPath : ownNode;

if (!existsSync(program)) {
  console.error('clearlabel is not built yet: run "npm run build" in its folder once.');
  process.exitCode = 2;
} else if (!existsSync(node)) {
  console.error(
    `clearlabel needs Node ${OLDEST_MAJOR}; this is ${process.version}. Run "npm ci" in its folder once.`,
  );
  process.exitCode = 2;
} else {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl+C reaches the child by itself; this process only waits for its answer.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
