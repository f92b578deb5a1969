// Live parts of the pages of those who lead, and dragging. Everything here also works without it.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  let dragging = false;

  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  htmx.config.responseHandling = [
    { code: "204|304", swap: false },
    { code: "[23]..", swap: true },
    { code: "400|409", swap: true },
    { code: "...", swap: false, error: true },
  ];

  // Asks for what is newer than what is shown; the answer to what is not is empty (304).
  document.addEventListener("htmx:configRequest", (event) => {
    const live = event.detail.elt;
    if (live.matches("[data-live]")) {
      event.detail.headers["If-None-Match"] = `"${live.dataset.version}"`;
    }
  });

  // Never replaces what somebody is in: a field, a drag.
  const busy = (part) => {
    const at = document.activeElement;
    const typing = at && part.contains(at) && at.matches("textarea, select, input:not([type=checkbox])");
    return dragging || typing;
  };
  const ticked = (part) => [...part.querySelectorAll("input:checked")].map((box) => box.value);
  let kept = [];

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, xhr } = event.detail;
    if (requestConfig.verb !== "get" || xhr.status !== 200) {
      if (xhr.status === 200 && $("#again")) $("#again").replaceChildren();
      return;
    }
    const hold = busy(target);
    const news = $("[data-news]");
    if (news) news.hidden = !hold;
    if (hold) event.detail.shouldSwap = false;
    else kept = ticked(target);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (part.id === "table") {
      // Ticks stay where nobody changed the idea meanwhile: its stamp is in the value.
      for (const box of part.querySelectorAll("input[name=idea]")) {
        if (kept.includes(box.value)) box.checked = true;
      }
      const told = part.querySelector("[data-told]");
      if (told && $("#said")) {
        $("#said").textContent = told.textContent;
        const name = $("#new-theme");
        if (name && event.detail.requestConfig?.parameters?.command === "new") name.value = "";
      }
    }
    if (part.id === "state") {
      // Spoken only when the words change: each fifth minute, then each of the last five.
      if ($("#spoken").textContent !== part.dataset.time) $("#spoken").textContent = part.dataset.time;
      const moved = part.querySelector("[data-moved]");
      const at = $("form [name=at]");
      if (moved && at && at.value !== part.dataset.at) moved.hidden = false;
    }
    kept = [];
    const again = $("#again-box");
    if (again && event.detail.target?.id === "again") again.focus();
  });

  // Dragging ticks the idea and presses the button of the theme it is dropped on.
  const zone = (event) => event.target.closest?.("[data-drop]");
  document.addEventListener("dragstart", (event) => {
    const idea = event.target.closest?.("[data-idea]");
    if (!idea) return;
    dragging = true;
    const box = idea.querySelector("input");
    if (!box.checked) {
      for (const other of document.querySelectorAll("#table input:checked")) other.checked = false;
      box.checked = true;
    }
    event.dataTransfer.setData("text/plain", box.value);
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const here = dragging && zone(event);
    if (!here) return;
    event.preventDefault();
    here.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    const here = zone(event);
    if (here && !here.contains(event.relatedTarget)) here.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const here = dragging && zone(event);
    if (!here) return;
    event.preventDefault();
    here.classList.remove("over");
    dragging = false;
    const button = here.dataset.drop === "unplace"
      ? $('button[value="unplace"]') : document.getElementById(here.dataset.drop);
    button.click();
  });
  document.addEventListener("dragend", () => { dragging = false; });
})();
