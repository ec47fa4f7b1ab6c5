// Whether two host names belong to one owner (pure): equal, or below the same registrable domain. Rather too strict than too
// lax where the public suffix is not known: suffixes of two labels are told by their second label, hosts of many owners are listed.

/** `ac.uk`, `edu.au`, `k12.tr`: below a country, these are no owners. */
const SECOND_LABELS = [
  'ac',
  'academy',
  'asso',
  'co',
  'com',
  'ed',
  'edu',
  'gob',
  'gouv',
  'gov',
  'govt',
  'gv',
  'k12',
  'mil',
  'ne',
  'net',
  'nom',
  'or',
  'org',
  'sch',
  'school',
  'schule',
];
/** Below these every name may have another owner. */
const SHARED_DOMAINS = [
  'amazonaws.com',
  'azurewebsites.net',
  'cloudapp.net',
  'cloudfront.net',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'herokuapp.com',
  'moodlecloud.com',
  'netlify.app',
  'ngrok.io',
  'ngrok-free.app',
  'onrender.com',
  'pages.dev',
  'vercel.app',
  'web.app',
  'workers.dev',
];

/** Host names as `URL` writes them. Addresses and names of one label are only the same as themselves. */
export function isSameSite(a: string, b: string): boolean {
  if (a === b) return true;
  const domain = registrableDomain(a);
  return domain !== null && domain === registrableDomain(b);
}

/** Null for addresses, names of one label, and suffixes themselves. */
function registrableDomain(hostname: string): string | null {
  const name = hostname.replace(/\.$/, '');
  if (/^[\d.]+$/.test(name) || name.startsWith('[')) return null;
  const labels = name.split('.');
  const suffix = suffixLabels(labels);
  return labels.length > suffix ? labels.slice(-suffix - 1).join('.') : null;
}

function suffixLabels(labels: string[]): number {
  const [top = '', second = '', third = ''] = labels.toReversed();
  // Schools of the United States: school.k12.ca.us, and cities: city.ca.us.
  if (top === 'us' && second.length === 2) return third === 'k12' ? 3 : 2;
  if (top.length === 2 && SECOND_LABELS.includes(second)) return 2;
  const shared = SHARED_DOMAINS.find((domain) => labels.slice(-2).join('.') === domain);
  return shared === undefined ? 1 : 2;
}
