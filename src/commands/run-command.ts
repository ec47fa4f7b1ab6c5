// The frame around every command: gives it an output, and turns whatever goes wrong into one clear message on standard
// error and exit code 1. Never a stack trace: CROSSWALK_LOG_LEVEL=debug logs that.
import { Option, type Command } from 'commander';
import { ConfigError } from '../config.js';
import { hasWords, wordsFor } from '../http/catalogue.js';
import { isAppError } from '../http/errors.js';
import { createOutput, type Output, type Terminal } from './output.js';

export interface CommandOptions {
  json?: true;
}

export interface CommandFrame {
  /** Runs the work of one command. Never throws; the outcome is the process's exit code. */
  run(options: CommandOptions, work: (output: Output) => Promise<void>): Promise<void>;
}

export function createFrame(options: {
  terminal: Terminal;
  setExitCode: (code: number) => void;
}): CommandFrame {
  const { terminal, setExitCode } = options;
  return {
    async run({ json = undefined }, work) {
      const isJson = json === true;
      try {
        await work(createOutput({ isJson, terminal }));
      } catch (error) {
        setExitCode(1);
        const { code, text } = describeError(error);
        const line = isJson ? JSON.stringify({ error: { code, text } }) : `crosswalk: ${text}`;
        terminal.err.write(`${line}\n`);
      }
    },
  };
}

/** `--json`, which every command takes. */
export function jsonOption(): Option {
  return new Option('--json', 'write the result as JSON');
}

/** Adds a command below a noun, with what all of them share. */
export function addVerb(noun: Command, usage: string, description: string): Command {
  return noun.command(usage).description(description).addOption(jsonOption());
}

/** Our errors in their words; faults of fields are named. Others in their own. */
export function describeError(error: unknown): { code: string; text: string } {
  if (error instanceof ConfigError) return { code: 'config.invalid', text: error.message };
  if (!isAppError(error)) {
    return { code: 'cli.fault', text: error instanceof Error ? error.message : String(error) };
  }
  const fields = Object.entries(error.fields).map(([name, fault]) => `${name}: ${inWords(fault)}`);
  if (fields.length > 0) return { code: error.code, text: fields.join('\n') };
  const key = `errors:${error.code}.text`;
  const text = hasWords(key) ? wordsFor('en')(key, error.values) : error.message;
  return { code: error.code, text };
}

/** A fault of a field is a sentence, or the key of one. */
function inWords(fault: string): string {
  return hasWords(fault) ? wordsFor('en')(fault) : fault;
}
