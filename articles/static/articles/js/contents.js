// Marks in the contents the section one is reading. Without it the contents are plain links.
const links = new Map(
  [...document.querySelectorAll(".toc a[href^='#']")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
);
const heads = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
let current = null;

function mark() {
  const line = innerHeight / 3;
  const passed = heads.filter((head) => head.getBoundingClientRect().top <= line);
  const link = passed.length ? links.get(passed.at(-1).id) : null;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  current = link;
}

let waiting = false;

function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    mark();
  });
}

if (heads.length) {
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon, { passive: true });
  mark();
}
