// What the worklist does where scripts run: ages, sorting, filtering, news. Without it the page is complete, but stands still.
//
// News without a server: a file: page may fetch nothing, and to reload it would take away focus, scroll position and what a
// screen reader is reading. A frame with the same file may be had, though, and messages may pass between the two, in
// Chromium and Firefox alike. So the page opens itself in an invisible frame now and then; there this script sends up what the
// file holds now, and does nothing else. A second file with the data, for a <script src>, would have to be kept in step with
// this one and make data of strangers' file names into a program.
"use strict";
(() => {
  const own = document.currentScript;
  const made = own.dataset.made;
  const isFrame = window.parent !== window && location.search.startsWith("?news=");
  if (isFrame) return sendUp();
  document.addEventListener("DOMContentLoaded", start);

  // MARK: The frame's side

  function sendUp() {
    // Names of patients' studies are for this page alone; pages of files have no origin that could be named.
    const send = (message) => parent.postMessage(message, location.protocol === "file:" ? "*" : location.origin);
    if (location.search === "?news=" + made) {
      send({ made });
      // The rest need not be read.
      return window.stop();
    }
    // What follows in the file is text here: nothing is laid out, and no picture is loaded.
    document.write("<plaintext>");
    document.addEventListener("DOMContentLoaded", () => {
      send({ made, code: code(), title: document.title, body: document.querySelector("plaintext").textContent });
    });
  }

  // Another version of the programs writes pages that this script does not know.
  function code() {
    return own.textContent + document.querySelector("style").textContent;
  }

  // MARK: The page's side

  function start() {
    const element = (id) => document.getElementById(id);
    const now = () => Date.now() / 1000;
    const bodies = ["failed-rows", "older-failed-rows", "study-rows"];
    // Seconds between two looks for news; for how long a frame may take; for how long a row counts as new.
    const [period, patience, newness] = [15, 10, 600];
    const choice = { column: "level", ascending: false, levels: new Set(), text: "", isPaused: false };
    // Of each row: the file's markup, to see what has changed; what is searched; when it came while the page was open.
    const markup = new WeakMap(), texts = new WeakMap(), since = new WeakMap();
    let listed = [];
    let newest = { made: Number(made), seen: null };
    let frame = null;

    const headings = Array.from(document.querySelectorAll("#studies thead th"));
    const levels = Array.from(document.querySelectorAll("#counts li"));
    const rowsOf = (id, within = document) => Array.from(within.getElementById(id).children);

    const know = (row) => {
      markup.set(row, row.outerHTML);
      texts.set(row, row.textContent.toLowerCase());
      return row;
    };

    // MARK: Ages

    function age(seconds) {
      const minutes = Math.floor(seconds / 60);
      if (minutes < 1) return "just now";
      if (minutes < 60) return minutes + " min";
      if (minutes < 48 * 60) return Math.floor(minutes / 60) + " h " + (minutes < 600 ? (minutes % 60) + " min" : "");
      return Math.floor(minutes / 1440) + " days";
    }

    function showAges() {
      for (const time of document.querySelectorAll("time[data-at]")) {
        const seconds = now() - Number(time.dataset.at);
        const isPage = time.parentElement.id === "made";
        const text = age(seconds).trim() + (isPage && seconds >= 60 ? " ago" : "");
        const place = time.previousElementSibling;
        if (place.textContent !== text) place.textContent = text;
      }
      for (const row of document.querySelectorAll(".new")) {
        if (now() - since.get(row) > newness) row.classList.remove("new");
      }
    }

    // A renewal that this page has seen counts from then: the station's clock may not be this computer's.
    function showOverdue() {
      const seconds = newest.seen === null ? now() - newest.made : now() - newest.seen;
      const isOverdue = !choice.isPaused && seconds > Number(own.dataset.overdue);
      const text = isOverdue
        ? "This list has not been renewed for " + age(seconds).trim() + ": the station may be down, and new studies missing. "
          + "Tell whoever runs it (lungtriage doctor says what is wrong)."
        : "";
      if (element("overdue").textContent !== text) element("overdue").textContent = text;
    }

    // MARK: Sorting and filtering

    function value(row, column) {
      const cell = row.cells[column];
      return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
    }

    function sorted() {
      const column = headings.findIndex((heading) => heading.dataset.column === choice.column);
      const rows = listed.map((row) => [row, value(row, column)]);
      const isMissing = (value) => Number.isNaN(value);
      rows.sort(([, a], [, b]) => {
        // What has no value is last either way.
        if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
        const order = typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
        return choice.ascending ? order : -order;
      });
      return rows.map(([row]) => row);
    }

    // Moves as few rows as it can: one that is moved loses the focus.
    function place(body, rows) {
      const wanted = new Set(rows);
      for (const row of Array.from(body.children)) if (!wanted.has(row)) row.remove();
      let next = body.firstElementChild;
      for (const row of rows) {
        if (row === next) next = next.nextElementSibling;
        else body.insertBefore(row, next);
      }
    }

    function showStudies() {
      place(element("study-rows"), sorted());
      const words = choice.text.toLowerCase().split(/\s+/).filter((word) => word);
      let shown = 0;
      for (const row of listed) {
        const isShown = (choice.levels.size === 0 || choice.levels.has(row.dataset.level))
          && words.every((word) => texts.get(row).includes(word));
        row.hidden = !isShown;
        if (isShown) shown += 1;
      }
      const isFiltered = choice.levels.size > 0 || words.length > 0;
      const text = isFiltered ? shown + " of " + listed.length + " shown" : "";
      if (element("shown").textContent !== text) element("shown").textContent = text;
      element("all").hidden = !isFiltered;
      for (const heading of headings) {
        if (heading.dataset.column !== choice.column) heading.removeAttribute("aria-sort");
        else heading.setAttribute("aria-sort", choice.ascending ? "ascending" : "descending");
      }
      for (const item of levels) {
        item.firstElementChild.setAttribute("aria-pressed", choice.levels.has(item.dataset.level));
      }
    }

    // MARK: What was chosen, kept in the address: it outlives a reload, also where file: pages have no storage

    function keep() {
      const kept = new URLSearchParams();
      if (choice.column !== "level" || choice.ascending) kept.set("sort", choice.column);
      if (choice.ascending) kept.set("order", "ascending");
      if (choice.levels.size) kept.set("level", Array.from(choice.levels).join(","));
      if (choice.text) kept.set("find", choice.text);
      if (choice.isPaused) kept.set("paused", "1");
      history.replaceState(null, "", "#" + kept);
    }

    function recall() {
      const kept = new URLSearchParams(location.hash.slice(1));
      const column = kept.get("sort");
      choice.column = headings.some((heading) => heading.dataset.column === column) ? column : "level";
      choice.ascending = kept.get("order") === "ascending";
      const known = levels.map((item) => item.dataset.level);
      choice.levels = new Set((kept.get("level") || "").split(",").filter((level) => known.includes(level)));
      choice.text = kept.get("find") || "";
      choice.isPaused = kept.get("paused") === "1";
      element("find").value = choice.text;
      element("pause").setAttribute("aria-pressed", choice.isPaused);
      showStudies();
    }

    function changed() {
      showStudies();
      keep();
    }

    // MARK: News

    function look() {
      if (frame || choice.isPaused || document.hidden) return;
      frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "News";
      frame.setAttribute("sandbox", "allow-scripts");
      const address = new URL(location.href);
      address.hash = "";
      address.search = "?news=" + newest.made;
      frame.src = address;
      const opened = frame;
      // A file that is not there, or a share that does not answer, sends nothing.
      setTimeout(() => { if (frame === opened) endLook(); }, patience * 1000);
      document.body.append(frame);
    }

    function endLook() {
      frame.remove();
      frame = null;
      showAges();
      showOverdue();
    }

    function hear(event) {
      if (!frame || event.source !== frame.contentWindow) return;
      const news = event.data;
      if (Number(news.made) !== newest.made) {
        newest = { made: Number(news.made), seen: now() };
        if (news.code !== code()) return location.reload();
        take(news);
      }
      endLook();
    }

    function take(news) {
      // A document of its own, in which nothing runs.
      const page = new DOMParser().parseFromString(news.body, "text/html");
      const active = document.activeElement;
      const activeRow = active.closest("[id^=job-]");
      const came = bodies.flatMap((id) => takeRows(id, page));
      for (const id of ["made", "coverage", "failed-count", "older-failed-count"]) {
        element(id).innerHTML = page.getElementById(id).innerHTML;
      }
      for (const id of ["failed", "older-failed", "studies", "nothing"]) element(id).hidden = page.getElementById(id).hidden;
      for (const item of levels) {
        const fresh = page.querySelector('#counts li[data-level="' + item.dataset.level + '"] b').textContent;
        item.querySelector("b").textContent = fresh;
      }
      document.title = news.title;
      showStudies();
      if (activeRow && !active.isConnected) {
        const row = element(activeRow.id);
        const link = row && row.querySelector("a");
        if (link) link.focus({ preventScroll: true });
      }
      announce(came);
    }

    // Gives the rows that were not there before. Those that say the same as before stay the elements that they were.
    function takeRows(id, page) {
      const old = new Map(rowsOf(id).map((row) => [row.id, row]));
      const came = [];
      const rows = rowsOf(id, page).map((row) => {
        const before = old.get(row.id);
        if (before && markup.get(before) === row.outerHTML) return before;
        const fresh = know(document.importNode(row, true));
        // An older failure is one that was among the new ones.
        if (!element(row.id) && id !== "older-failed-rows") {
          fresh.classList.add("new");
          since.set(fresh, now());
          came.push(fresh);
        }
        return fresh;
      });
      if (id === "study-rows") listed = rows;
      else place(element(id), rows);
      return came;
    }

    // What cannot wait is said aloud, when the reader is free.
    function announce(came) {
      const grave = came.filter((row) => row.dataset.level === "critical" || row.dataset.level === "failed");
      if (grave.length === 0) return;
      const names = grave.slice(0, 3).map((row) => {
        return (row.dataset.level === "critical" ? "critical, " : "failed, ") + row.querySelector("bdi").textContent;
      });
      const more = grave.length > names.length ? " and " + (grave.length - names.length) + " more" : "";
      element("news").textContent = "New: " + names.join("; ") + more + ".";
    }

    // MARK: Setting up

    function makeButton(content) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...content.childNodes);
      content.append(button);
      return button;
    }

    for (const id of bodies) rowsOf(id).forEach(know);
    listed = rowsOf("study-rows");
    for (const heading of headings) {
      makeButton(heading).addEventListener("click", () => {
        const isSame = choice.column === heading.dataset.column;
        // The first click brings what matters most to the top: high values, but names from the start.
        choice.ascending = isSame ? !choice.ascending : heading.dataset.column === "study";
        choice.column = heading.dataset.column;
        changed();
      });
    }
    for (const item of levels) {
      const button = makeButton(item);
      button.className = item.className;
      item.className = "";
      button.addEventListener("click", () => {
        if (!choice.levels.delete(item.dataset.level)) choice.levels.add(item.dataset.level);
        changed();
      });
    }
    element("find").addEventListener("input", () => {
      choice.text = element("find").value.trim();
      changed();
    });
    element("all").addEventListener("click", () => {
      choice.levels.clear();
      choice.text = element("find").value = "";
      changed();
      // The button goes away; what it stood beside does not.
      element("find").focus();
    });
    element("pause").addEventListener("click", () => {
      choice.isPaused = !choice.isPaused;
      element("pause").setAttribute("aria-pressed", choice.isPaused);
      keep();
      look();
    });
    document.addEventListener("click", (event) => {
      const row = event.target.closest && event.target.closest(".new");
      if (row && event.target.closest("a")) row.classList.remove("new");
    });
    document.addEventListener("visibilitychange", look);
    window.addEventListener("hashchange", recall);
    window.addEventListener("message", hear);
    for (const tool of document.querySelectorAll(".tool")) tool.hidden = false;
    recall();
    showAges();
    showOverdue();
    setInterval(() => {
      showAges();
      look();
    }, period * 1000);
  }
})();
