// Guesses the time zone where nobody has chosen one yet. It fills a field that can be seen and changed, and
// presses nothing.
const select = document.querySelector("select[name=time_zone]");

if (select && !select.value) {
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === guess)) select.value = guess;
}
