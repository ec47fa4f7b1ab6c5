// The name of a file that somebody sent, made harmless (pure): it may be shown, stored and offered for download, and names
// no folder, no device and no hidden file.

const LONGEST = 120;
const LONGEST_ENDING = 12;
/** Controls, halves of characters, and what is seen as nothing or turns the direction: `annexe‮fdp.exe` would read as a PDF. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u{FFFD}\u115F\u1160\u3164\uFFA0]/gu;
/** No file system of a reader takes these. */
const UNUSABLE = /[<>:"|?*]/g;
/** Names that Windows keeps for devices. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Of any length; empty where nothing of the name is left. */
export function plainFileName(given: string): string {
  return (given.split(/[/\\]/).at(-1) ?? '')
    .replace(UNSEEN, '')
    .normalize('NFC')
    .replace(UNUSABLE, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .replace(DEVICE, '_$1');
}

/** At most 120 characters, the ending kept; null where nothing of the name is left. */
export function harmlessFileName(given: string): string | null {
  const name = plainFileName(given);
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
