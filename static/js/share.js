/* The share button: the phone's own share sheet where there is one, else the link goes to the clipboard, else it is
   selected for copying by hand. Without JavaScript the link stands on the page as it is.

   The story button hands the tall picture to the share sheet (that is how a phone puts it into a story or its photos),
   and is shown only where files can be shared. The link travels alone: some apps drop it when a file comes along. */

for (const box of document.querySelectorAll("[data-share]")) {
  const status = box.querySelector("[data-share-status]");
  const button = box.querySelector("[data-share-button]");
  const storyButton = box.querySelector("[data-story-button]");
  if (button) offerLink(button, box.querySelector("[data-share-link]"), status);
  if (storyButton) offerStory(storyButton, box.querySelector("[data-story-link]"), status);
}

function offerLink(button, link, status) {
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

function offerStory(button, link, status) {
  let story = null;

  async function storyFile() {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(`${link.href} answered ${answer.status}`);
    return new File([await answer.blob()], link.download, { type: "image/png" });
  }

  button.hidden = !navigator.canShare?.({ files: [new File([""], link.download, { type: "image/png" })] });
  button.addEventListener("click", async () => {
    try {
      story ??= await storyFile();
      await navigator.share({ files: [story] });
      status.textContent = "";
    } catch (error) {
      // The sheet opens only soon after a tap: a slow network may have used that time up.
      if (error.name === "NotAllowedError") status.textContent = button.dataset.again;
      else if (error.name !== "AbortError") status.textContent = button.dataset.failed;
    }
  });
}
