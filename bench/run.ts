// `npm run bench`: runs every *.bench.ts of this folder, prints each ratio with its bar, and stores a baseline.
// `npm run bench -- NAME …` runs only those whose file name contains NAME; `--save` replaces the baseline.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** One figure of one benchmark. `isMet` compares it with the bar of the project's own requirements. */
interface Figure {
  name: string;
  value: number;
  unit: string;
  bar: number | null;
  isMet: boolean | null;
  details?: unknown;
}

const folder = import.meta.dirname;
const baselineFile = join(folder, 'baseline.json');
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const baseline = readBaseline();
const figures: Figure[] = [];
let hasFailed = false;
for (const file of files) {
  console.log(`\n== ${file}`);
  const result = spawnSync(process.execPath, ['--expose-gc', join(folder, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) {
    console.log(`FAILED: ${file} ended with ${result.status ?? result.signal ?? 'an error'}`);
    hasFailed = true;
  }
  for (const line of result.stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const figure = JSON.parse(line) as Figure;
    figures.push(figure);
    print(figure);
  }
}

if (process.argv.includes('--save')) {
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const kept = (baseline?.figures ?? []).filter((old) => !figures.some((figure) => figure.name === old.name));
  const merged = [...kept, ...figures].sort((a, b) => a.name.localeCompare(b.name));
  writeFileSync(
    baselineFile,
    `${JSON.stringify({ machine: { ...machine, platform: platform(), arch: arch() }, figures: merged }, null, 2)}\n`,
  );
  console.log(`\nBaseline written to bench/baseline.json (${merged.length} figures)`);
}
if (hasFailed) process.exitCode = 1;

function print(figure: Figure): void {
  const old = baseline?.figures.find((candidate) => candidate.name === figure.name);
  const bar =
    figure.bar === null
      ? ''
      : `   bar ${figure.bar} ${figure.unit}: ${figure.isMet === true ? 'met' : 'MISSED'}`;
  const against =
    old === undefined || old.value === 0 ? '' : `   ${(figure.value / old.value).toFixed(2)} × baseline`;
  console.log(`${figure.name}: ${figure.value.toPrecision(4)} ${figure.unit}${bar}${against}`);
}

function readBaseline(): { figures: Figure[] } | null {
  if (!existsSync(baselineFile)) return null;
  return JSON.parse(readFileSync(baselineFile, 'utf8')) as { figures: Figure[] };
}
