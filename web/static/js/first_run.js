// The company's page: the time zone is first guessed from the browser's own.
const zone = document.querySelector("select[data-guess]");
if (zone) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === here)) zone.value = here;
}
