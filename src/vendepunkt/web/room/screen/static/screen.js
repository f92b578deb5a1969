// Asks every two seconds whether there is something new, and shows it whole. Nothing else moves.
(() => {
  "use strict";
  const { ask } = document.body.dataset;
  const look = async () => {
    try {
      const held = { "If-None-Match": `"${document.body.dataset.version}"` };
      const answer = await fetch(ask, { headers: held, cache: "no-store" });
      if (answer.status === 200) {
        const page = await fetch(location.href, { cache: "no-store" });
        if (page.ok) {
          const next = new DOMParser().parseFromString(await page.text(), "text/html");
          const part = next.getElementById("screen");
          document.getElementById("screen").replaceWith(part);
          const spoken = document.getElementById("spoken");
          if (spoken.textContent !== part.dataset.time) spoken.textContent = part.dataset.time;
          document.body.dataset.version = next.body.dataset.version;
          document.title = next.title;
        }
      }
    } catch {
      // The net is away: what is shown stays, and it is tried again.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
