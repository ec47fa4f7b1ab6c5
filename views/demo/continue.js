// Sends the page's one form at once; without script the Continue button does the same.
document.getElementById('continue').submit();
