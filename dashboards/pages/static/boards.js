// What a board does beyond showing: tabs, copying, printing, folding, charts. Works without any of it.
"use strict";

function each(selector, act) {
  document.querySelectorAll(selector).forEach(act);
}

// Tabs, by mouse and by arrow keys. Without this script both lists stand below each other.
each("[data-tabs]", (group) => {
  const tabs = [...group.querySelectorAll('[role="tab"]')];
  const choose = (chosen) => {
    for (const tab of tabs) {
      const is = tab === chosen;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !is;
    }
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const next = tabs[(place + step + tabs.length) % tabs.length];
        choose(next);
        next.focus();
      }
    });
  });
  choose(tabs[0]);
});

// Copying. Where the clipboard is closed (plain http from another machine) the text is selected.
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.value);
    return true;
  } catch {
    source.hidden = false;
    source.focus();
    source.select();
    return document.execCommand("copy");
  }
}

each("[data-copy]", (button) => {
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.copy));
    each("[data-copied]", (note) => { note.hidden = !done; });
    // Beside the button that was pressed, wherever the note stands.
    button.classList.toggle("done", done);
  });
});

each("[data-print]", (button) => button.addEventListener("click", () => window.print()));

each("[data-only-checked]", (box) => {
  const show = () => box.closest("section").classList.toggle("only-checked", box.checked);
  box.addEventListener("change", show);
  show();
});

// On a phone the matrix opens on a tap.
each("[data-fold]", (fold) => {
  const narrow = window.matchMedia("(max-width: 640px)");
  const fit = () => { fold.open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  window.addEventListener("beforeprint", () => { fold.open = true; });
  fit();
});

function draw(within) {
  within.querySelectorAll("[data-figure]").forEach((place) => {
    if (!window.Plotly) return;
    const figure = JSON.parse(place.dataset.figure);
    // Fewer days are named where there is less room.
    figure.layout.xaxis.nticks = Math.max(3, Math.floor(place.clientWidth / 110));
    const settings = { displayModeBar: false, responsive: true };
    window.Plotly.newPlot(place, figure.data, figure.layout, settings);
    // A point leads to the page of its day.
    place.on("plotly_click", (event) => {
      const address = event.points[0].customdata;
      if (address) window.location.href = address;
    });
  });
}
draw(document);

// Panels further down come when they are nearly in sight, or when the page is printed.
async function load(place) {
  const address = place.dataset.load;
  if (!address) return;
  delete place.dataset.load;
  const answer = await fetch(address).catch(() => null);
  // Logged out meanwhile: the page itself leads to the log-in and back.
  if (answer && answer.redirected) return window.location.reload();
  // Else the link stays, and leads to the same panel.
  if (!answer || !answer.ok) return;
  const panel = document.createRange().createContextualFragment(await answer.text());
  const section = panel.firstElementChild;
  place.replaceWith(panel);
  draw(section);
}
const near = new IntersectionObserver((seen) => {
  seen.filter((one) => one.isIntersecting).forEach((one) => load(one.target));
}, { rootMargin: "600px" });
each("[data-load]", (place) => near.observe(place));
window.addEventListener("beforeprint", () => each("[data-load]", load));

// A choice made with the mouse shows at once. With keys the way to it leads through others: the
// button, or Enter, shows it.
each("[data-choices]", (form) => {
  let byKeys = false;
  form.addEventListener("pointerdown", () => { byKeys = false; });
  form.addEventListener("keydown", (event) => {
    byKeys = true;
    if (event.key === "Enter") form.submit();
  });
  form.addEventListener("change", () => { if (!byKeys) form.submit(); });
});
