/* Asks now and then whether there is something new. Never takes away a form somebody is in. */
(function () {
  var main = document.getElementById("main"), live = document.getElementById("live"),
    news = document.getElementById("news"), problem = document.getElementById("problem"),
    at = main && main.getAttribute("data-at"), lost = false, timer;
  if (problem && problem.focus) { problem.focus(); }
  if (!at || !live || !window.XMLHttpRequest) { return; }

  function now() { return document.getElementById("now"); }
  function say(what) { live.textContent = what ? live.getAttribute("data-" + what) : ""; }
  function get(url, done) {
    var x = new XMLHttpRequest();
    x.open("GET", url);
    x.timeout = 15000;
    x.onreadystatechange = function () {
      if (x.readyState === 4) { done(x.status === 200 ? x.responseText : null, x.status); }
    };
    x.send();
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, 5000 + Math.random() * 5000);
  }
  function tell() {
    if (news.hidden) { news.hidden = false; say("news"); }
  }
  function ask() {
    if (document.hidden) { later(); return; }
    get(at + "v", function (version) {
      later();
      if (version === null) { lost = true; say("lost"); return; }
      if (lost) { lost = false; say(news.hidden ? "back" : "news"); }
      if (version !== now().getAttribute("data-v")) { renew(version); }
    });
  }
  function renew(version) {
    if (main.querySelector("form.entry, input[name=pass]")) { tell(); return; }
    get(at + "?part=1", function (part) {
      var box = now(), inside = box.contains(document.activeElement), title;
      if (part === null) { tell(); return; }
      box.innerHTML = part;
      box.setAttribute("data-v", version);
      title = box.querySelector("h1");
      say("");
      if (title) {
        live.textContent = title.textContent;
        if (inside) { title.tabIndex = -1; title.focus(); }
      }
    });
  }
  document.addEventListener("submit", function (event) {
    if (navigator.onLine === false) { event.preventDefault(); say("lost"); }
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { ask(); } });
  window.addEventListener("online", ask);
  window.addEventListener("offline", function () { lost = true; say("lost"); });
  later();
}());
