// Before anything is painted: the colours chosen with the switch, so that no page flashes in the other ones.
(function () {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing shows the system's colours.
  }
})();
