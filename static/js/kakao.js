/* The KakaoTalk button. It stays hidden where their script did not come: offline, or kept away by a blocker. */

for (const button of document.querySelectorAll("[data-kakao-button]")) {
  const sdk = window.Kakao;
  if (!sdk) continue;
  if (!sdk.isInitialized()) sdk.init(button.dataset.key);
  button.hidden = false;

  button.addEventListener("click", () => {
    const { title, description, image, go } = button.dataset;
    const address = document.querySelector("[data-share-link]").value;
    const link = { mobileWebUrl: address, webUrl: address };
    sdk.Share.sendDefault({
      objectType: "feed",
      content: { title, description, imageUrl: image, imageWidth: 800, imageHeight: 400, link },
      buttons: [{ title: go, link }],
    });
  });
}
