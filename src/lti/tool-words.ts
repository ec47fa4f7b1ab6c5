// What we call ourselves towards platforms, from the catalogue.
import { wordsFor } from '../http/catalogue.js';
import type { ToolWords } from './registration-request.js';

export function toolWords(): ToolWords {
  const words = wordsFor('en');
  return { name: words('page:brand'), description: words('lti:register.tool.description') };
}
