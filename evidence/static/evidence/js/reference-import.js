// Keeps the page of an import fresh while a worker reads or imports: every two seconds it takes the page again and puts
// its live part in place, and loads it whole when the worker is done. Without it the page has a link "Refresh".

const page = document.querySelector("[data-refresh]");
const seconds = Number(page?.dataset.refresh ?? 0);

async function refresh() {
  if (document.hidden) return true;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.querySelector("[data-refresh]")) {
    location.reload();
    return false;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (newer) part.replaceChildren(...newer.childNodes);
  }
  return true;
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
