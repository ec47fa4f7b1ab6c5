// Builds dist/ from src/ with tsc; `npm ci` runs it by itself. Without the development packages (a production install) it
// leaves a dist/ that is there as it is.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const compiler = findCompiler();
if (!compiler) {
  if (existsSync(join(root, 'dist', 'cli.js'))) process.exit(0);
  process.stderr.write(
    'dist/ is not built and the TypeScript compiler is not installed: run npm ci with the development packages.\n',
  );
  process.exit(1);
}
rmSync(join(root, 'dist'), { recursive: true, force: true });
const result = spawnSync(
  process.execPath,
  [compiler, '-p', join(root, 'config', 'tsconfig.build.json')],
  { stdio: 'inherit' },
);
if (result.status !== 0) process.exit(result.status ?? 1);
chmodSync(join(root, 'dist', 'cli.js'), 0o755);

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return null;
  }
}
