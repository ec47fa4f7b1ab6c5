// Compiles src/ as it stands into a folder of its own, so that the tool is measured as people run it (plain JavaScript, no
// loader) and never an older build. Types are not checked here.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/package-root.js';

/** The folder holds main.js and lies inside the package, so that views, seeds and packages are found. */
export async function buildTool(): Promise<{ folder: string; remove(): Promise<void> }> {
  const root = packageRoot();
  const source = join(root, 'src');
  await mkdir(join(root, 'tmp'), { recursive: true });
  const folder = await mkdtemp(join(root, 'tmp', 'bench-'));
  for (const file of await readdir(source, { recursive: true })) {
    const target = join(folder, file);
    if (/\.(ts|cjs)$/.test(file)) await mkdir(dirname(target), { recursive: true });
    if (file.endsWith('.cjs')) await copyFile(join(source, file), target);
    if (file.endsWith('.ts'))
      await writeFile(
        target.replace(/ts$/, 'js'),
        compile(await readFile(join(source, file), 'utf8')),
      );
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

function compile(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
