// Sends the one form of a hand-over page at once; without script the person presses its button.
document.querySelector('form[data-hand-over]')?.submit();
