// Help for hands and eyes; every page works without it.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Keys of a queue: j and k move, Enter opens, other letters press the button or link that names them by data-key.
  const rows = () => all("[data-rows] > li");
  const chosen = () => one("[data-rows] > li [data-chosen]");
  const choose = (row) => {
    if (!row) return;
    all("[data-chosen]").forEach((other) => other.removeAttribute("data-chosen"));
    const line = one(".queue-row", row);
    line.setAttribute("data-chosen", "");
    one("a, button", line).focus();
    line.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const list = rows();
    const at = list.findIndex((row) => one("[data-chosen]", row) || row.contains(document.activeElement));
    choose(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
  };
  const filling = (target) => target.closest("form, dialog");
  const begin = (details) => one("input:checked, input:not([type=hidden]), select, textarea", details)?.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || filling(event.target)) return;
    if (document.body.hasAttribute("data-no-shortcuts")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else {
      const pressed = [chosen(), document].filter(Boolean).map((root) => one(`[data-key="${CSS.escape(event.key)}"]`, root));
      const target = pressed.find(Boolean);
      if (!target) return;
      target.click();
      if (target.matches("summary")) begin(target.parentElement);
    }
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-rows] > li");
    if (!row || one("[data-chosen]", row)) return;
    all("[data-chosen]").forEach((other) => other.removeAttribute("data-chosen"));
    const line = one(".queue-row", row);
    if (line) line.setAttribute("data-chosen", "");
  });

  // What is opened to be filled in is ready to be filled in.
  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (opened.open && opened.matches(".deed") && !opened.contains(document.activeElement.closest("form"))) begin(opened);
  }, true);

  // Live changes: nothing moves under a hand. What changed is counted, and shown when it is asked for.
  const changes = one("[data-changes]");
  if (changes && "EventSource" in window) {
    const stale = one("[data-stale]");
    const patience = 10_000;
    let count = 0;
    let source;
    let worry;
    const changed = () => {
      count += 1;
      one("[data-count]", changes).textContent = count === 1 ? changes.dataset.one : changes.dataset.many.replace("#", count);
      changes.hidden = false;
    };
    // A break of a moment is nobody's worry. One that lasts is said, and unsaid when the page hears again.
    const broken = () => {
      worry ||= setTimeout(() => { stale.hidden = false; }, patience);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(true), patience / 2);
    };
    const whole = () => {
      clearTimeout(worry);
      worry = undefined;
      stale.hidden = true;
    };
    // Who begins anew has no place to go on from: something may have changed meanwhile.
    const follow = (anew) => {
      source = new EventSource(changes.dataset.changes);
      source.addEventListener("open", () => { whole(); if (anew) changed(); anew = false; });
      for (const kind of ["moved", "gone", "reset"]) source.addEventListener(kind, changed);
      source.addEventListener("error", broken);
    };
    follow(false);
    addEventListener("pagehide", () => source.close());
  }

  // A text that is to be handed on is copied with one press, and said to be.
  all("[data-copies]").forEach((button) => {
    if (!navigator.clipboard) return;
    const field = one(`#${CSS.escape(button.dataset.copies)}`);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = one(`#${CSS.escape(`${field.id}-copied`)}`).textContent = button.dataset.done;
    });
  });

  // All rows are chosen at once by the tick above them.
  all("[data-all]").forEach((box) => {
    box.hidden = false;
    box.addEventListener("change", () => {
      all(`input[name="${box.dataset.all}"]`).forEach((other) => { other.checked = box.checked; });
    });
  });

  // A look beside a list takes the focus, and gives it back to where it was asked for when it is closed.
  const peek = one("#peek");
  if (peek) {
    const close = (link) => {
      const back = one(link.hash);
      peek.replaceChildren();
      back?.focus();
    };
    document.addEventListener("htmx:after:swap", () => one("h2", peek)?.focus());
    peek.addEventListener("click", (event) => {
      const link = event.target.closest("[data-close]");
      if (!link) return;
      event.preventDefault();
      close(link);
    });
    document.addEventListener("keydown", (event) => {
      const link = one("[data-close]", peek);
      if (event.key === "Escape" && link) close(link);
    });
    if (location.hash === "#peek") one("h2", peek)?.focus();
  }

  // A mistake in a form takes the reader to it.
  const focusSummary = () => one("#error-summary")?.focus();
  document.addEventListener("htmx:after:swap", focusSummary);
  focusSummary();

  // A message waits ten seconds before it leaves: the button counts down, and can be pressed to stop it.
  all("form[data-waits]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.ready) return;
      event.preventDefault();
      const button = one("button[type=submit]", form);
      const words = button.textContent;
      let left = Number(form.dataset.waits);
      const stop = () => { clearInterval(timer); button.textContent = words; button.removeEventListener("click", halt); };
      const halt = (press) => { press.preventDefault(); stop(); };
      const show = () => { button.textContent = form.dataset.stop.replace("#", left); };
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) return show();
        stop();
        form.dataset.ready = "yes";
        form.requestSubmit();
      }, 1000);
      show();
      setTimeout(() => button.addEventListener("click", halt));
    });
  });
})();
