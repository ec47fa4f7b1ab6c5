// The name of a file that somebody sent, made harmless (pure): it may be shown, stored and offered for download, and names
// no folder, no device and no hidden file.

const LONGEST = 120;
const LONGEST_ENDING = 12;
/** Controls, and the marks that turn the direction of text: `annexe‮fdp.exe` would read as a PDF. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{FFFD}]/gu;

/** At most 120 characters, the ending kept; null where nothing of the name is left. */
export function harmlessFileName(given: string): string | null {
  const name = (given.split(/[/\\]/).at(-1) ?? '')
    .normalize('NFC')
    .replace(UNSEEN, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  return name === '' ? null : shorten(name);
}

function shorten(name: string): string {
  const letters = [...name];
  if (letters.length <= LONGEST) return name;
  const dot = letters.lastIndexOf('.');
  const isEnding = dot > 0 && letters.length - dot <= LONGEST_ENDING;
  const ending = isEnding ? letters.slice(dot) : [];
  return [...letters.slice(0, LONGEST - ending.length), ...ending].join('');
}
