// Select2 names its boxes after what is chosen, which is nothing at first. This gives them the field's own label too.

function nameBoxes(root) {
  for (const box of root.querySelectorAll(".select2-container")) {
    const select = box.previousElementSibling;
    const label = select?.labels?.[0] ?? box.closest(".fieldBox, .form-row, td")?.querySelector("label");
    if (!select || !label) continue;
    label.id ||= `label-of-${select.id}`;
    for (const combo of box.querySelectorAll("[role=combobox]")) {
      const chosen = combo.querySelector(".select2-selection__rendered[id]");
      // It shows a choice and takes no typing: a name for the combobox, not a field of its own.
      chosen?.removeAttribute("role");
      chosen?.removeAttribute("aria-readonly");
      combo.setAttribute("aria-labelledby", chosen ? `${label.id} ${chosen.id}` : label.id);
    }
    for (const field of box.querySelectorAll(".select2-search__field")) field.setAttribute("aria-labelledby", label.id);
  }
}

// jQuery calls in the order of asking, so this comes after the admin's own script has made the boxes.
window.django?.jQuery?.(() => nameBoxes(document));
document.addEventListener("formset:added", (event) => setTimeout(() => nameBoxes(event.target)));
