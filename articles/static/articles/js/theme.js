// Day, night, or as the system says: remembered under the key the desk's own switch uses.
// Loaded in the head without "defer", so that no page flashes in the wrong light.
const ORDER = ["auto", "light", "dark"];
const KEY = "theme";

function remembered() {
  try {
    const value = localStorage.getItem(KEY);
    return ORDER.includes(value) ? value : "auto";
  } catch {
    return "auto"; // storage may be forbidden: the system's choice stands
  }
}

function remember(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // the choice then lasts as long as the page
  }
}

function show(value, button) {
  document.documentElement.dataset.theme = value;
  if (button) {
    button.setAttribute("aria-label", button.dataset[value] ?? value);
    button.title = button.dataset[value] ?? value;
  }
}

show(remembered(), null);

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button.theme");
  if (!button) return;
  show(remembered(), button);
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme;
    const next = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
    remember(next);
    show(next, button);
  });
});
