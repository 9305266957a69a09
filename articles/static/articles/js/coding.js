// While a finding is typed, says beside its fields what the server derives from the numbers and what cannot be right.
// Nothing is decided here: without this script the same words come with the next save.

const PAUSE = 300;
const waiting = new WeakMap();

function scopeOf(node) {
  return node.closest?.(".inline-related, form");
}

function typed(scope, prefix) {
  const data = new FormData();
  for (const field of scope.querySelectorAll("input[name], select[name], textarea[name]")) {
    if (field.name.startsWith(prefix) && field.type !== "file") data.append(field.name.slice(prefix.length), field.value);
  }
  return data;
}

function show(scope, answer) {
  for (const place of scope.querySelectorAll("[data-derived]")) {
    const derived = answer.derived[place.dataset.derived];
    place.textContent = derived?.label ?? "";
    place.parentElement.hidden = !derived;
    const chosen = place.closest(".help")?.parentElement.querySelector("select");
    const differs = Boolean(derived && chosen?.value && chosen.value !== derived.code);
    place.parentElement.classList.toggle("differs", differs);
  }
  for (const place of scope.querySelectorAll("[data-lint]")) {
    const found = [...(answer.unreadable[place.dataset.lint] ?? []), ...(answer.lint[place.dataset.lint] ?? [])];
    place.replaceChildren(...found.map((sentence) => Object.assign(document.createElement("span"), { textContent: sentence })));
  }
}

async function ask(scope) {
  const direction = scope.querySelector("[data-derived=direction]");
  const select = direction?.closest(".help")?.parentElement.querySelector("select");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (!select || !token) return;
  const asked = Symbol();
  waiting.set(scope, asked);
  const answer = await fetch(direction.parentElement.dataset.address, {
    method: "POST",
    body: typed(scope, select.name.slice(0, -"direction".length)),
    headers: { "X-CSRFToken": token.value },
  }).catch(() => null);
  // A slower answer to an older question is none.
  if (answer?.ok && waiting.get(scope) === asked) show(scope, await answer.json());
}

const timers = new WeakMap();
function later(event) {
  const scope = scopeOf(event.target);
  if (!scope?.querySelector("[data-derived=direction]")) return;
  clearTimeout(timers.get(scope));
  timers.set(scope, setTimeout(() => ask(scope), PAUSE));
}

document.addEventListener("input", later);
document.addEventListener("change", later);
