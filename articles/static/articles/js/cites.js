// Shows a reference's card beside its citation on hover, focus and tap. Underneath stays a link to #ref-4.
// The card can be hovered and read into; Escape closes it and gives the focus back to the citation.
const LINGER = 250;
const GAP = 8;
let open = null; // {link, card, timer}

const cardOf = (link) => document.getElementById(link.hash.replace("#ref-", "card-"));

function place(link, card) {
  const spot = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const room = document.documentElement.clientWidth - width - GAP * 2;
  const below = spot.bottom + GAP + height <= innerHeight || spot.top < height + GAP;
  card.style.left = `${Math.max(GAP * 2, Math.min(spot.left - GAP * 2, room))}px`;
  card.style.top = `${below ? spot.bottom + GAP : spot.top - GAP - height}px`;
}

function show(link) {
  const card = cardOf(link);
  if (!card) return false;
  clearTimeout(open?.timer);
  if (open?.link === link) return true;
  hide();
  open = { link, card, timer: 0 };
  card.showPopover({ source: link });
  place(link, card);
  link.classList.add("on");
  link.setAttribute("aria-expanded", "true");
  return true;
}

function hide() {
  if (!open) return;
  const { link, card, timer } = open;
  clearTimeout(timer);
  open = null;
  link.classList.remove("on");
  link.setAttribute("aria-expanded", "false");
  if (card.matches(":popover-open")) card.hidePopover();
}

function leave() {
  if (!open) return;
  clearTimeout(open.timer);
  open.timer = setTimeout(hide, LINGER);
}

function stay() {
  clearTimeout(open?.timer);
}

function watch(card) {
  card.addEventListener("pointerenter", stay);
  card.addEventListener("pointerleave", leave);
  card.addEventListener("focusout", (event) => {
    if (!card.contains(event.relatedTarget) && event.relatedTarget !== open?.link) leave();
  });
  card.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && open?.card === card) hide();
  });
}

function wire(link) {
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
  link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
  link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  link.addEventListener("blur", (event) => !open?.card.contains(event.relatedTarget) && leave());
  // The first tap of a finger opens the card, the second follows the link; a mouse follows at once.
  link.addEventListener("click", (event) => {
    if (event.pointerType !== "touch" && event.pointerType !== "pen") return hide();
    if (open?.link !== link && show(link)) event.preventDefault();
    else hide();
  });
}

if (HTMLElement.prototype.hasOwnProperty("popover")) {
  document.querySelectorAll(".cite-card").forEach(watch);
  document.querySelectorAll("a.cite").forEach(wire);
  addEventListener("scroll", () => open && place(open.link, open.card), { passive: true });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    const { link, card } = open;
    if (card.contains(document.activeElement)) link.focus({ focusVisible: false, preventScroll: true });
    hide();
  });
}
