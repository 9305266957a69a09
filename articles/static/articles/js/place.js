// The back button returns to the line one was reading, also after fonts and pictures have moved it.
// The line is kept in the history entry itself: nothing is stored that outlives the tab.
const READ = ".prose > *, .short li, .claims > li, .claimsec > *, .refs > li";

function line() {
  const blocks = [...document.querySelectorAll(READ)];
  const index = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 0);
  if (index < 0 || scrollY < 80) return null;
  const box = blocks[index].getBoundingClientRect();
  return { index, share: -box.top / Math.max(1, box.height) };
}

function keep() {
  history.replaceState({ ...history.state, line: line() }, "");
}

function restore(kept) {
  const block = kept && document.querySelectorAll(READ)[kept.index];
  if (!block) return;
  const box = block.getBoundingClientRect();
  scrollTo({ top: scrollY + box.top + kept.share * box.height, behavior: "instant" });
}

addEventListener("click", (event) => event.target.closest?.("a[href]") && keep(), { capture: true });
addEventListener("pagehide", keep);
addEventListener("popstate", (event) => requestAnimationFrame(() => restore(event.state?.line)));

const [entry] = performance.getEntriesByType("navigation");
if (entry?.type === "back_forward") document.fonts.ready.then(() => restore(history.state?.line));
