// Reads a running product's record store (LRS) over HTTP, as another tool with a key of its own does.
import { z } from 'zod';
import { runBeside, type Product } from './run-product.js';

const VERSION = '1.0.3';
const MADE_KEY = z.object({ endpoint: z.string(), key: z.string(), secret: z.string() });
const STATEMENT = z.looseObject({
  id: z.string(),
  actor: z.looseObject({ account: z.object({ homePage: z.string(), name: z.string() }) }),
  verb: z.looseObject({ id: z.string() }),
  object: z.looseObject({ id: z.string() }),
  result: z
    .looseObject({
      completion: z.boolean().optional(),
      success: z.boolean().optional(),
      score: z.looseObject({ scaled: z.number() }).optional(),
    })
    .optional(),
});
const PAGE = z.object({ statements: z.array(STATEMENT), more: z.string().optional() });

export type ReadStatement = z.infer<typeof STATEMENT>;

export interface StatementReader {
  /** All that fit, newest first, over all pages. */
  list(filter?: Record<string, string>): Promise<ReadStatement[]>;
  /** HTTP status of asking for one, by `statementId` or `voidedStatementId`. */
  status(filter: Record<string, string>): Promise<number>;
}

/** Makes a key by the command line and reads with it. */
export async function statementReader(product: Product): Promise<StatementReader> {
  const args = ['lrs-key', 'add', '--name', 'Journey', '--scope', 'statements/read'];
  const { endpoint, key, secret } = MADE_KEY.parse(await runBeside(product, args));
  const headers = {
    authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
    'x-experience-api-version': VERSION,
  };
  const ask = (address: string) => fetch(new URL(address, endpoint), { headers });
  const addressOf = (filter: Record<string, string>) =>
    `${endpoint}/statements?${new URLSearchParams(filter).toString()}`;
  return {
    async list(filter = {}) {
      const found: ReadStatement[] = [];
      for (let address = addressOf(filter); address !== '';) {
        const page = PAGE.parse(await (await ask(address)).json());
        found.push(...page.statements);
        address = page.more ?? '';
      }
      return found;
    },
    status: async (filter) => (await ask(addressOf(filter))).status,
  };
}
