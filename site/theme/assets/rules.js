// The filter of the page of all rules. Without it the page is a plain table.
"use strict";
(() => {
  const data = document.getElementById("rules-data");
  const tables = [...document.querySelectorAll("table.rules")];
  if (!data || !tables.length) return;
  const { rules, presets, standards } = JSON.parse(data.textContent);

  // Each row, with what is known of its rule; each family with its heading, its rows and its entry in the contents.
  const families = tables.map((table) => {
    let heading = table;
    while (heading && heading.tagName !== "H2") heading = heading.previousElementSibling;
    const entries = [...document.querySelectorAll(`.md-nav a[href$="#${heading.id}"]`)];
    const rows = [...table.tBodies[0].rows].map((row) => {
      const code = row.cells[0].textContent.trim();
      const rule = rules[code];
      const words = [code, rule.name, rule.name.replaceAll("-", " "), rule.category, rule.summary];
      const text = [...words, ...rule.peers].join("\n").toLowerCase();
      return { row, rule, text, tags: rule.standards.map((tag) => tag.toLowerCase()) };
    });
    const parts = [heading, table, ...entries.map((entry) => entry.closest("li"))];
    const title = heading.firstChild.textContent.trim();
    return { id: heading.id, title, parts, rows };
  });
  const all = families.flatMap((family) => family.rows);

  const distinct = (values) => [...new Set(values)].sort();
  const peerOf = (id) => id.split(":")[0];
  const has = (key) => (rule, value) => rule[key].includes(value);
  const NONE = "none";
  // Name in the address, label, choices (value and words), and whether a rule is among a choice.
  const FILTERS = [
    ["severity", "Severity", ["error", "warning", "info"], (rule, value) => rule.severity === value],
    ["fix", "Fix", [["safe", "safe"], ["unsafe", "unsafe"], ["suggestion", "suggestion"], [NONE, "none"]],
      (rule, value) => (value === NONE ? !rule.fixes.length : rule.fixes.includes(value))],
    ["preset", "Preset", presets, has("presets")],
    ["category", "Category", distinct(all.map(({ rule }) => rule.category).filter(Boolean)),
      (rule, value) => rule.category === value],
    ["standard", "Standard", Object.entries(standards),
      (rule, value) => rule.standards.some((tag) => tag.startsWith(value))],
    ["peer", "Also in", distinct(all.flatMap(({ rule }) => rule.peers.map(peerOf))),
      (rule, value) => rule.peers.some((id) => peerOf(id) === value)],
  ];

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const form = make("form", { className: "rules-filter", autocomplete: "off" });
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Rules");
  const field = (label, control, name) => {
    const wrapper = make("label", { className: `rules-filter__${name}` }, make("span", {}, label), control);
    form.append(wrapper);
    return control;
  };
  const words = field("Words, a code, or another linter's id", make("input", {
    // Not "q", which opens the theme's own search.
    type: "search", name: "words", placeholder: "DL3008, healthcheck, CIS-Docker-4.1", spellcheck: false,
  }), "words");
  const selects = FILTERS.map(([name, label, choices, among]) => {
    const select = field(label, make("select", { name }, new Option("any", "")), name);
    for (const choice of choices) {
      const [value, text] = Array.isArray(choice) ? choice : [choice, choice];
      const count = all.filter(({ rule }) => among(rule, value)).length;
      select.add(new Option(`${text} (${count})`, value));
    }
    return { name, select, among };
  });
  const family = field("Family", make("select", { name: "family" }, new Option("any", "")), "family");
  for (const { id, title, rows } of families) family.add(new Option(`${title} (${rows.length})`, id));
  const reset = make("button", { type: "reset", className: "md-button" }, "Show all");
  const status = make("p", { className: "rules-filter__status" });
  status.setAttribute("role", "status");
  form.append(make("div", { className: "rules-filter__end" }, status, reset));
  families[0].parts[0].before(form);

  // A part of a number is not that number: 4.1 is not in 4.10.
  const inTag = (tag, word) => {
    const at = tag.indexOf(word);
    if (at < 0) return false;
    const digit = (character) => character >= "0" && character <= "9";
    return !(digit(word[0]) && digit(tag[at - 1])) && !(digit(word.at(-1)) && digit(tag[at + word.length]));
  };

  // The ids of other linters and sections of standards that were looked for are shown in their rows.
  const mark = (entry, wanted, peer) => {
    const { row, rule } = entry;
    const found = [...rule.peers, ...rule.standards].filter((id) =>
      (peer && peerOf(id) === peer) || wanted.some((word) => id.toLowerCase().includes(word)));
    const cell = row.cells[row.cells.length - 1];
    cell.querySelector(".rules__ids")?.remove();
    if (found.length) cell.append(make("span", { className: "rules__ids" }, found.join(", ").replaceAll(":", " ")));
  };

  const show = () => {
    const wanted = words.value.toLowerCase().replace(":", " ").split(/[\s,]+/).filter(Boolean);
    const chosen = selects.filter(({ select }) => select.value);
    const peer = selects.find(({ name }) => name === "peer").select.value;
    let count = 0;
    for (const { id, parts, rows } of families) {
      let shown = 0;
      for (const entry of rows) {
        const { row, rule, text, tags } = entry;
        const matches = (!family.value || family.value === id)
          && chosen.every(({ select, among }) => among(rule, select.value))
          && wanted.every((word) => text.includes(word) || tags.some((tag) => inTag(tag, word)));
        row.hidden = !matches;
        if (matches) {
          shown += 1;
          mark(entry, wanted, peer);
        }
      }
      for (const part of parts) part.hidden = !shown;
      count += shown;
    }
    status.textContent = count === all.length ? `All ${count} rules`
      : count ? `${count} of ${all.length} rules` : "No rule has all of this";
    reset.hidden = count === all.length && !words.value;
  };

  const controls = [words, family, ...selects.map(({ select }) => select)];
  const read = () => {
    const given = new URLSearchParams(location.search);
    for (const control of controls) {
      const value = given.get(control.name) ?? "";
      control.value = value;
      // A choice that does not exist is none.
      if (control.value !== value) control.value = "";
    }
    show();
  };
  const write = () => {
    const given = new URLSearchParams();
    for (const control of controls) if (control.value) given.set(control.name, control.value);
    const query = given.toString();
    history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : "") + location.hash);
    show();
  };
  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const control of controls) control.value = "";
    write();
    words.focus();
  });
  addEventListener("popstate", read);
  read();
})();
