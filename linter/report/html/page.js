// Shows, filters and searches the findings of this page. Texts are written as text, never as markup.
"use strict";
(() => {
  const CHUNK = 40; // findings that are made at once, when they come near the window
  const MOST_OPENED = 300; // findings that printing opens
  const SEVERITIES = ["error", "warning", "info"];
  const STATES = { reported: "reported", before: "as before", accepted: "accepted", fixed: "fixed" };
  const TITLES = { safe: "Fix", unsafe: "Unsafe fix", suggestion: "Suggestion" };

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const findings = data.findings;
  if (data.compared) STATES.reported = "new";

  // --- colours of the page

  const root = document.documentElement;
  const button = byId("scheme");
  const darkBySystem = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : darkBySystem.matches);
  const nameScheme = () => {
    button.textContent = isDark() ? "Light colours" : "Dark colours";
  };
  button.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    nameScheme();
  });
  darkBySystem.addEventListener("change", nameScheme);
  nameScheme();
  button.hidden = false;

  // --- pictures that are wider than the page

  for (const picture of document.querySelectorAll(".picture")) {
    const toggle = document.createElement("button");
    toggle.type = "button";
    toggle.textContent = "Whole picture";
    toggle.addEventListener("click", () => {
      const isWhole = picture.classList.toggle("whole");
      toggle.textContent = isWhole ? "Full size" : "Whole picture";
    });
    const width = Number(picture.querySelector("svg").getAttribute("width"));
    const hide = () => {
      toggle.hidden = width <= picture.clientWidth;
    };
    // Where the whole is nearly as large, its texts can be read, too.
    if (picture.clientWidth > 0.75 * width) toggle.click();
    picture.before(toggle);
    new ResizeObserver(hide).observe(picture);
  }

  const form = byId("filters");
  if (!form) return;
  const fields = form.elements;
  const list = byId("list");

  // --- elements

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children.filter((child) => child || child === ""));
    return element;
  }

  // What a text has in backquotes is code.
  function prose(tag, className, text) {
    const parts = text.split(/`([^`]+)`/);
    return make(tag, className, ...parts.map((part, at) => (at % 2 ? make("code", "", part) : part)));
  }

  const placeOf = (place) => `${data.files[place.file]}:${place.line}`;

  function excerpt(rows) {
    const lines = [];
    let last = 0;
    for (const [number, ...texts] of rows) {
      if (last && number > last + 1) lines.push(make("span", "gap", "⋮"));
      last = number;
      const code = make("code");
      if (texts.length === 1) code.append(texts[0]);
      else code.append(texts[0], make("mark", "", texts[1] || " "), texts[2]);
      lines.push(make("span", "row", make("span", "number", String(number)), code));
    }
    return make("div", "excerpt", ...lines);
  }

  function difference(change, path) {
    const lines = [];
    if (change.path !== path) lines.push(make("span", "file", change.path + (change.new ? " (a new file)" : "")));
    for (const [number, sign, text] of change.rows) {
      const kind = sign === "-" ? "removed" : sign === "+" ? "added" : "same";
      lines.push(make("span", `row ${kind}`, make("span", "number", `${number} ${sign}`), make("code", "", text)));
    }
    if (change.left) lines.push(make("span", "gap", `and ${change.left} more lines`));
    return make("div", "excerpt", ...lines);
  }

  // --- one finding

  function section(title, ...children) {
    return make("section", "", make("h4", "", title), ...children);
  }

  function fixOf(finding) {
    const { kind, title, changes } = finding.fix;
    const path = data.files[finding.file];
    return section(TITLES[kind], prose("p", "", title), ...changes.map((change) => difference(change, path)));
  }

  function relatedOf(finding) {
    const places = finding.related.map((place) =>
      make("li", "", prose("p", "", place.message), make("p", "where", placeOf(place)), excerpt(place.excerpt)),
    );
    return section("Related places", make("ul", "related", ...places), finding.left && make("p", "", `and ${finding.left}`));
  }

  function body(finding) {
    const rule = data.rules[finding.rule];
    const told = make("div", "told");
    const code = make("div", "shown", finding.excerpt.length ? excerpt(finding.excerpt) : null);
    if (finding.help) told.append(section("What to do", ...finding.help.map((line) => prose("p", "", line))));
    if (finding.fix) code.append(fixOf(finding));
    if (finding.related) code.append(relatedOf(finding));
    if (finding.reason) told.append(section("Accepted", make("p", "", finding.reason)));
    if (finding.brought) told.append(section("Brought by", make("p", "", finding.brought.join(", "))));
    const why = rule.why || rule.what;
    if (why) told.append(section(rule.why ? "Why it is bad" : "What the rule reports", ...why.map((text) => prose("p", "", text))));
    if (rule.ignore) {
      const comments = (rule.comment || []).map((text) => make("p", "", make("code", "block", text)));
      told.append(section("When to ignore it", ...rule.ignore.map((text) => prose("p", "", text)), ...comments));
    }
    if (rule.url) {
      const link = make("a", "", `${rule.code} ${rule.name}`);
      link.href = rule.url;
      link.rel = "noreferrer";
      told.append(make("p", "page", "The rule's page: ", link));
    }
    return make("div", "body", code, told);
  }

  function row(index) {
    const finding = findings[index];
    const rule = data.rules[finding.rule];
    const owner = finding.service ? `service ${finding.service}` : finding.stage ? `stage ${finding.stage}` : "";
    const state = finding.state === "reported" && !data.compared ? "" : STATES[finding.state];
    const where = make(
      "span",
      "where",
      make("span", "place", `${placeOf(finding)}:${finding.column}`),
      make("span", "", `${rule.code} ${rule.name}`),
      owner && make("span", "", owner),
      finding.fix && make("span", "tag", TITLES[finding.fix.kind].toLowerCase()),
      state && make("span", "tag", state),
    );
    const what = make("span", "what", prose("span", "message", finding.message), where);
    const summary = make("summary", "", make("span", `badge ${finding.severity}`, finding.severity), what);
    const details = make("details", `finding ${finding.severity}`, summary);
    details.id = `finding=${index}`;
    if (isAllOpen) open(details);
    return details;
  }

  function open(details) {
    if (details.children.length === 1) details.append(body(findings[details.id.slice("finding=".length)]));
    details.open = true;
  }

  // --- the list: chunks of rows, each made when it comes near the window

  let shown = []; // the findings that are shown, in their order; texts are headings
  let isAllOpen = false;
  let height = 64;

  function fill(chunk) {
    if (chunk.firstChild) return;
    const from = Number(chunk.dataset.from);
    for (const item of shown.slice(from, from + CHUNK)) {
      chunk.append(typeof item === "number" ? row(item) : heading(item));
    }
    chunk.style.height = "";
  }

  function heading({ title, count }) {
    return make("h3", "group", title, " ", make("span", "number", count.toLocaleString("en")));
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        fill(entry.target);
      }
    },
    { rootMargin: "1000px" },
  );

  function show(selected) {
    watcher.disconnect();
    shown = grouped(selected);
    const chunks = [];
    for (let from = 0; from < shown.length; from += CHUNK) {
      const chunk = make("div", "chunk");
      chunk.dataset.from = String(from);
      chunk.style.height = `${Math.min(CHUNK, shown.length - from) * height}px`;
      chunks.push(chunk);
    }
    list.replaceChildren(...chunks);
    if (!chunks.length) list.append(make("p", "empty", findings.length ? "No finding is like that." : "Nothing is reported."));
    for (const chunk of chunks.slice(0, 1)) fill(chunk);
    for (const chunk of chunks.slice(1)) watcher.observe(chunk);
    const total = findings.filter((finding) => inState(finding)).length;
    byId("count").textContent = `${selected.length.toLocaleString("en")} of ${total.toLocaleString("en")} findings are shown.`;
  }

  const GROUPS = {
    severity: (finding) => ({ error: "Errors", warning: "Warnings", info: "Infos" })[finding.severity],
    file: (finding) => data.files[finding.file],
    service: (finding) => finding.service || "Of no service",
    rule: (finding) => `${data.rules[finding.rule].code} ${data.rules[finding.rule].name}`,
    category: (finding) => data.rules[finding.rule].category || "Of no category",
  };

  const gravity = (index) => SEVERITIES.indexOf(findings[index].severity);

  // The findings below a heading for each group, the gravest group first.
  function grouped(selected) {
    const groups = new Map();
    for (const index of selected) {
      const title = GROUPS[fields.group.value](findings[index]);
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push(index);
    }
    const errors = (indexes) => indexes.filter((index) => !gravity(index)).length;
    const ranked = [...groups].map(([title, indexes]) => ({ title, indexes, errors: errors(indexes), least: Math.min(...indexes.map(gravity)) }));
    ranked.sort((a, b) => a.least - b.least || b.errors - a.errors || b.indexes.length - a.indexes.length);
    return ranked.flatMap(({ title, indexes }) => [
      { title, count: indexes.length },
      ...indexes.sort((a, b) => gravity(a) - gravity(b) || a - b),
    ]);
  }

  // --- filters

  let index = null; // the text of each finding in lower case, made with the first search

  function textOf(finding) {
    const rule = data.rules[finding.rule];
    const lines = finding.excerpt.map((row) => row.slice(1).join(""));
    return [finding.message, finding.help || "", rule.code, rule.name, rule.category, data.files[finding.file], finding.service || "", finding.stage || "", ...lines].flat().join("\n").toLowerCase();
  }

  const VALUES = {
    state: (finding) => finding.state,
    category: (finding) => data.rules[finding.rule].category,
    rule: (finding) => data.rules[finding.rule].code,
    file: (finding) => data.files[finding.file],
    service: (finding) => finding.service,
    stack: (finding) => data.stacks[finding.stack],
  };
  const KEYS = Object.keys(VALUES);

  const inState = (finding) => !fields.state.value || finding.state === fields.state.value;

  function selected() {
    const words = fields.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set([...fields.severity].filter((box) => box.checked).map((box) => box.value));
    const wanted = KEYS.filter((key) => fields[key].value).map((key) => [VALUES[key], fields[key].value]);
    if (words.length && !index) index = findings.map(textOf);
    const found = [];
    findings.forEach((finding, at) => {
      if (!severities.has(finding.severity)) return;
      if (!wanted.every(([valueOf, value]) => valueOf(finding) === value)) return;
      if (words.every((word) => index[at].includes(word))) found.push(at);
    });
    return found;
  }

  const namesOfRules = new Map(data.rules.map((rule) => [rule.code, rule.name]));

  function fillChoices() {
    const first = findings.some((finding) => finding.state === "reported") ? "reported" : "";
    for (const key of KEYS) {
      const valueOf = VALUES[key];
      const counts = new Map();
      for (const finding of findings) {
        const value = valueOf(finding);
        const isCounted = key === "state" || finding.state === "reported";
        if (value) counts.set(value, (counts.get(value) || 0) + (isCounted ? 1 : 0));
      }
      const names = [...counts.keys()];
      if (key !== "state" && key !== "file") names.sort();
      const options = names.map((value) => {
        const name = key === "state" ? STATES[value] : key === "rule" ? `${value} ${namesOfRules.get(value)}` : value;
        const option = make("option", "", `${name} (${counts.get(value).toLocaleString("en")})`);
        option.value = value;
        if (key === "state") option.defaultSelected = value === first;
        return option;
      });
      fields[key].append(...options);
      // A choice of one is none.
      fields[key].parentElement.hidden = names.length < 2;
    }
    form.reset();
  }

  // --- the address: what is filtered, so that links can say it

  function write() {
    const told = new URLSearchParams();
    if (fields.q.value) told.set("q", fields.q.value);
    const boxes = [...fields.severity].filter((box) => box.checked).map((box) => box.value);
    if (boxes.length < SEVERITIES.length) told.set("severity", boxes.join(","));
    for (const key of [...KEYS, "group"]) {
      const preset = [...fields[key].options].findIndex((option) => option.defaultSelected);
      if (fields[key].selectedIndex !== Math.max(preset, 0)) told.set(key, fields[key].value);
    }
    history.replaceState(null, "", `#${told}`);
  }

  function read() {
    const told = new URLSearchParams(location.hash.slice(1));
    const known = ["q", "severity", "group", "finding", ...KEYS].filter((key) => told.has(key));
    if (!known.length) return false;
    const wanted = findings[told.get("finding")];
    form.reset();
    if (told.has("q")) fields.q.value = told.get("q");
    if (told.has("severity")) {
      const names = told.get("severity").split(",");
      for (const box of fields.severity) box.checked = names.includes(box.value);
    }
    for (const key of [...KEYS, "group"]) {
      if (told.has(key)) fields[key].value = told.get(key);
      if (fields[key].selectedIndex < 0) fields[key].selectedIndex = 0;
    }
    if (wanted && !told.has("state")) fields.state.value = wanted.state;
    show(selected());
    if (wanted) reveal(Number(told.get("finding")));
    else byId("findings").scrollIntoView();
    return true;
  }

  function reveal(number) {
    const at = shown.indexOf(number);
    if (at < 0) return;
    fill(list.children[Math.floor(at / CHUNK)]);
    const details = byId(`finding=${number}`);
    open(details);
    details.scrollIntoView({ block: "center" });
    details.firstElementChild.focus({ preventScroll: true });
  }

  function update() {
    write();
    show(selected());
  }

  // --- what people do

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  byId("clear").addEventListener("click", () => {
    form.reset();
    update();
  });
  window.addEventListener("hashchange", read);
  list.addEventListener("toggle", (event) => event.target.open && open(event.target), true);

  function openAll(wanted) {
    isAllOpen = wanted;
    byId("open").textContent = wanted ? "Close all" : "Open all";
    for (const details of list.querySelectorAll("details")) {
      if (wanted) open(details);
      else details.open = false;
    }
  }
  byId("open").addEventListener("click", () => openAll(!isAllOpen));

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input[type=search], select, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      fields.q.focus();
      fields.q.select();
    }
  });

  let wasOpen = false;
  window.addEventListener("beforeprint", () => {
    wasOpen = isAllOpen;
    if (shown.length <= MOST_OPENED) openAll(true);
    for (const chunk of list.querySelectorAll(".chunk")) fill(chunk);
  });
  window.addEventListener("afterprint", () => openAll(wasOpen));

  fillChoices();
  form.hidden = false;
  if (!read()) show(selected());
  const first = list.querySelector("details");
  if (first) height = Math.max(48, first.offsetHeight);
})();
