// Imports the articles that the links of a framework's page lead to (seeds/frameworks/*-page.json).
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { ArticleContent, saveArticle } from './article.model.js';
import { INSTANCE_OWNER } from './viewer.js';

const PageFile = z.object({
  schemaVersion: z.literal(1),
  framework: z.string().min(1),
  /** What an import of the framework's text must find; a file cut short is noticed by it. */
  expected: z.object({
    domains: z.number().int(),
    subdomains: z.number().int(),
    competencies: z.number().int(),
    publishedResources: z.number().int(),
  }),
  pathway: ArticleContent,
  post: ArticleContent,
});

export type PageFile = z.infer<typeof PageFile>;

/** Reads the file. Throws `framework.page-file` naming the first fault. */
export function readPageFile(text: string): PageFile {
  try {
    return PageFile.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`
        : 'not JSON';
    throw new AppError('framework.page-file', { status: 400, values: { reason }, cause: error });
  }
}

/** Writes both articles; each is one write, and a repetition changes nothing. */
export async function importPageArticles(options: { file: PageFile; now: Date }): Promise<void> {
  const { file, now } = options;
  const { framework } = file;
  await saveArticle({
    article: { ...file.pathway, kind: 'pathway', framework },
    owner: INSTANCE_OWNER,
    now,
  });
  await saveArticle({
    article: { ...file.post, kind: 'post', framework },
    owner: INSTANCE_OWNER,
    now,
  });
}
