// The text of an article or a lesson as its file writes it: sections with a heading, paragraphs and a list. Pure.
import { z } from 'zod';

const line = z.string().trim().min(1);

export const TextSections = z
  .array(
    z.object({
      heading: line,
      paragraphs: z.array(line).default([]),
      list: z.array(line).default([]),
    }),
  )
  .min(1);
