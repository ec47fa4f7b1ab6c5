// A notice of what was just done is named by the address; once it is shown, the address forgets it, so that a reload or a
// link that is kept does not say it again. Without script it is said again on a reload, as it was.
'use strict';

const here = new URL(window.location.href);
if (here.searchParams.has('notice')) {
  here.searchParams.delete('notice');
  window.history.replaceState(
    window.history.state,
    '',
    `${here.pathname}${here.search}${here.hash}`,
  );
}
