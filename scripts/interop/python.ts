// Finds a Python for the optional checks: CLEARLABEL_PYTHON, else python3 or python on the path.

import { spawnSync } from 'node:child_process';

/** Command of a Python 3 that can import the modules, or a sentence that says what is missing. */
export function findPython(modules: readonly string[]): { command: string } | { missing: string } {
  const named = process.env['CLEARLABEL_PYTHON'];
  const candidates = named === undefined ? ['python3', 'python'] : [named];
  let missing = `no Python found (tried ${candidates.join(', ')}; CLEARLABEL_PYTHON names one)`;
  for (const command of candidates) {
    const code = `import sys; assert sys.version_info >= (3, 9); import ${modules.join(', ')}`;
    const result = spawnSync(command, ['-c', code], { encoding: 'utf8' });
    if (result.status === 0) return { command };
    if (result.error === undefined) missing = `${command}: ${result.stderr.trim().split('\n').at(-1) ?? ''}`;
  }
  return { missing };
}
