// Keeps a page of the desk fresh while something is under way: it takes the page again and puts its live parts in place.
// Without it the page has a link "Refresh". A part somebody is in, or has typed into, is left alone.

const page = document.querySelector("[data-refresh]");
const seconds = Number(page?.dataset.refresh ?? 0);

async function refresh() {
  if (document.hidden) return true;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const typed = [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
    if (newer && !typed && !part.contains(document.activeElement)) part.replaceChildren(...newer.childNodes);
  }
  const more = fresh.querySelector("[data-refresh]") !== null;
  // What has come may stand elsewhere on the page as well.
  if (!more && "reload" in page.dataset) location.reload();
  return more;
}

async function again() {
  let more = true;
  try {
    more = await refresh();
  } catch {
    // The line was down for a moment; the next round tries again.
  }
  if (more) setTimeout(again, seconds * 1000);
}

if (seconds) setTimeout(again, seconds * 1000);
