/* The share button: the phone's own share sheet where there is one, else the link goes to the clipboard, else it is
   selected for copying by hand. Without JavaScript the link stands on the page as it is. */

for (const box of document.querySelectorAll("[data-share]")) {
  const button = box.querySelector("[data-share-button]");
  const link = box.querySelector("[data-share-link]");
  const status = box.querySelector("[data-share-status]");

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(link.value);
      status.textContent = button.dataset.copied;
    } catch {
      link.focus();
      link.select();
      status.textContent = button.dataset.byHand;
    }
  }

  button.addEventListener("click", async () => {
    const { title, text } = button.dataset;
    if (!navigator.share) return copyLink();
    try {
      await navigator.share({ title, text, url: link.value });
    } catch (error) {
      // Closing the sheet is a choice, not a failure.
      if (error.name !== "AbortError") await copyLink();
    }
  });
}
