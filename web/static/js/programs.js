// A secret that is shown once goes to the clipboard by one press.
for (const button of document.querySelectorAll("[data-copy]")) {
  const said = document.getElementById("copied");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      said.textContent = button.dataset.copied;
    } catch {
      said.textContent = button.dataset.failed;
    }
  });
}
