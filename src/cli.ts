#!/usr/bin/env node
// The command line's process: standard output for results, standard error for everything else. Commands: commands/program.ts.
import { createProgram } from './commands/program.js';

// A reader that has seen enough (`crosswalk statement export | head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

await createProgram({
  terminal: { out: process.stdout, err: process.stderr },
  setExitCode: (code) => {
    process.exitCode = code;
  },
}).parseAsync();
