/* Enter confirms. A browser drops `autofocus` where something took the focus while the page was loading. */

document.querySelector("[autofocus]")?.focus();
