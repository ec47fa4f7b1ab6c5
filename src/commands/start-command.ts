// `crosswalk start`: runs everything until Ctrl-C (SIGINT) or SIGTERM, then stops in order. A second Ctrl-C while it stops is
// not heeded: stopping is bounded in time and loses nothing.
import { Command } from 'commander';
import { readConfig } from '../config.js';
import { jsonOption, type CommandFrame, type CommandOptions } from './run-command.js';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function startCommand(frame: CommandFrame): Command {
  return new Command('start')
    .description('run the tool, its jobs and, outside production, the demo LMS')
    .addOption(jsonOption())
    .action((options: CommandOptions) =>
      frame.run(options, async (output) => {
        const announce = output.isJson
          ? output.note
          : (line: string) => void output.stream.write(`${line}\n`);
        const stopping = waitForStop();
        // Loaded here alone: the other commands start faster without the whole application.
        const { start } = await import('../main.js');
        const running = await start({ config: readConfig(), announce });
        if (output.isJson)
          output.result({ text: '', value: { url: running.url, demoUrl: running.demoUrl } });
        await stopping;
        announce('Stopping …');
        await running.stop();
        announce('Stopped.');
      }),
    );
}

function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process.on(signal, () => resolve());
  });
}
