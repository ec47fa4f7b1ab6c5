// The name a file is kept and offered under: what somebody's device called it, without a path, without characters that hide
// or reorder others, and with an ending that says what its content is. Pure.
import { plainFileName } from '../http/file-name.js';
import { MEDIA_TYPES, type MediaType } from './media-type.js';

const MAX_CHARACTERS = 120;
/** Of an own ending; a longer one is no ending. */
const MAX_ENDING = 10;
const NAMELESS = 'file';

/** `given` is as the browser sent it, or null where it sent none. */
export function cleanFileName(given: string | null, mediaType: MediaType): string {
  const plain = plainFileName(given ?? '');
  const endings: readonly string[] = MEDIA_TYPES[mediaType];
  const [, stem = '', ending = ''] = /^(.*)\.([^.]+)$/s.exec(plain) ?? [];
  const isFitting = stem !== '' && endings.includes(ending.toLowerCase());
  const kept = isFitting ? stem : plain;
  const own = isFitting ? ending : (endings[0] ?? '');
  return `${cut(kept, MAX_CHARACTERS - MAX_ENDING) || NAMELESS}.${own}`;
}

/** By characters, so that none is cut in two. */
function cut(text: string, characters: number): string {
  return [...text].slice(0, characters).join('').trimEnd();
}
