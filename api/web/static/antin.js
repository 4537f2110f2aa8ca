// Comfort only: without this script the pages work with plain forms.

// Drag and drop onto a file field.
for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (e) => { e.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (e) => {
    e.preventDefault();
    form.classList.remove("over");
    if (e.dataTransfer.files.length) { input.files = e.dataTransfer.files; form.requestSubmit(); }
  });
}

// A large file takes a while to arrive: say that it is on its way.
for (const button of document.querySelectorAll("[data-busy]")) {
  const idle = button.innerHTML;
  button.form.addEventListener("submit", () => { button.textContent = button.dataset.busy; button.form.setAttribute("aria-busy", "true"); });
  addEventListener("pageshow", () => { button.innerHTML = idle; button.form.removeAttribute("aria-busy"); });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Choosing rows of a list: all at once, a range with Shift, and how many.
for (const form of document.querySelectorAll("[data-pick]")) {
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = form.querySelector("[data-all]");
  const count = form.querySelector("[data-count]");
  const buttons = form.querySelectorAll(".bar button");
  const most = Number(form.dataset.pick);
  let last = -1;
  const show = () => {
    const n = boxes.filter((b) => b.checked).length;
    count.textContent = n > most ? `Đã chọn ${n}: mỗi lần tối đa ${most}` : `Đã chọn ${n} trên ${boxes.length}`;
    for (const b of buttons) b.disabled = n === 0 || n > most;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  all.closest("label").hidden = false;
  all.addEventListener("change", () => { boxes.forEach((b) => { b.checked = all.checked; }); show(); });
  boxes.forEach((box, i) => box.addEventListener("click", (e) => {
    if (e.shiftKey && last >= 0) {
      for (let k = Math.min(i, last); k <= Math.max(i, last); k++) boxes[k].checked = box.checked;
    }
    last = i;
    show();
  }));
  addEventListener("pageshow", show);
  show();
}

// A second click must not send the same order twice while the first is worked on.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (e) => {
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
}
