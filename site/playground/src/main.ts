/** The page: files on the left, what composelint says of them on the right. */

import { inert, laidOut } from "./drawing";
import { dropped } from "./dropped";
import { button, counted, element, part } from "./dom";
import { offset, show, shown } from "./editor";
import { list, sign, SIGNS } from "./findings";
import { Linter, TooLong } from "./linter";
import { Project } from "./project";
import type { Change, Files, Finding, Fixed, Place, Report, Severity } from "./protocol";
import { decoded, encoded, filesProblem, LONGEST, pathProblem, type State, validState } from "./share";

/** The time without a key before linting, in milliseconds. */
const PAUSE = 80;
const KEPT = "composelint:playground";

const preset = part<HTMLSelectElement>("preset");
const status = part("status");
const progress = part<HTMLProgressElement>("progress");
const undo = part<HTMLButtonElement>("undo");
const fixAll = part<HTMLButtonElement>("fix-all");
const editorHost = part("editor");
const findingsList = part("findings");
const picturePanel = part("panel-picture");

let report: Report | null = null;
/** What the report is about: the number of the change before it was asked for. */
let reported = -1;
let version = 0;
let changedAt = performance.now();
let timer = 0;
let wanted: Severity | null = null;
let drawn = -1;
let isReady = false;
const earlier: { files: Files; what: string }[] = [];

// --- what is loaded

let sizes: Record<string, number> = {};
let loaded = 0;
const NEEDED = ["pyodide.asm.wasm", "library.zip", "packages.bin"];

function total(): number {
    return NEEDED.reduce((sum, name) => sum + (sizes[name] ?? 0), 0);
}

const linter = new Linter({
    progress(more, what) {
        loaded += more;
        if (isReady) return;
        const all = total();
        const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
        progress.value = all > 0 ? Math.min(loaded / all, 0.97) : 0;
        say(`Loading ${what}: ${megabytes(Math.min(loaded, all || loaded))} of ${megabytes(all)} MB, once.`);
    },
    ready(milliseconds) {
        isReady = true;
        progress.hidden = true;
        document.documentElement.dataset["ready"] = String(Math.round(milliseconds));
    },
    failed(message) {
        progress.hidden = true;
        say(`composelint could not be loaded (${message}). `, "wrong");
        status.append(
            button("Try again", "", () => {
                linter.start();
            }),
        );
    },
});

function say(text: string, kind: "" | "wrong" | "good" = ""): void {
    status.className = kind;
    status.replaceChildren(text);
}

// --- files

const project = new Project(editorHost, edited);

function edited(): void {
    version += 1;
    document.documentElement.dataset["linting"] = "";
    changedAt = performance.now();
    if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
    clearTimeout(timer);
    timer = setTimeout(() => void check(), PAUSE);
}

function state(): State {
    return { files: project.texts(), active: project.active, preset: preset.value || null };
}

function keep(): void {
    try {
        sessionStorage.setItem(KEPT, JSON.stringify({ hash: location.hash, state: state() }));
    } catch {
        // Storage may be full or switched off; then a reload begins anew.
    }
}

function load(next: State): void {
    preset.value = next.preset ?? "";
    if (preset.selectedIndex < 0) preset.value = "";
    project.load(next.files, next.active);
    earlier.length = 0;
    wanted = null;
    version += 1;
    changedAt = performance.now();
    tabs();
    void check();
}

/** Why files cannot be added or renamed so; the answer is shown where it was asked. */
function nameProblem(path: string, without = ""): string {
    const texts = project.texts();
    if (path !== without && path in texts) return "There is a file of this name.";
    const moved: Files = { [path]: texts[without] ?? "" };
    for (const [each, text] of Object.entries(texts)) if (each !== without) moved[each] = text;
    return pathProblem(path) || filesProblem(moved);
}

function tabs(): void {
    const target = part("tabs");
    const isFocused = target.contains(document.activeElement);
    const findings = report?.findings ?? [];
    target.replaceChildren(
        ...project.paths.map((path) => {
            const isActive = path === project.active;
            const own = findings.filter((each) => each.path === path);
            const tab = element(
                "button",
                {
                    type: "button",
                    role: "tab",
                    "aria-selected": String(isActive),
                    "aria-controls": "editor",
                    tabindex: isActive ? "0" : "-1",
                    "data-path": path,
                },
                path,
            );
            if (own.length > 0) {
                const worst = own.some((each) => each.severity === "error")
                    ? "error"
                    : own.some((each) => each.severity === "warning")
                      ? "warning"
                      : "info";
                tab.append(
                    element(
                        "span",
                        { class: `count ${worst}`, "aria-label": counted(own.length, "finding"), role: "img" },
                        `${SIGNS[worst]} ${own.length}`,
                    ),
                );
            }
            tab.addEventListener("click", () => {
                open(path);
            });
            tab.addEventListener("dblclick", () => {
                rename();
            });
            return tab;
        }),
    );
    const active = target.querySelector<HTMLElement>('[aria-selected="true"]');
    active?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (isFocused) active?.focus();
    part<HTMLButtonElement>("remove").disabled = project.paths.length < 2;
    editorHost.setAttribute("aria-label", `Editor: ${project.active}`);
}

function open(path: string): void {
    project.open(path);
    tabs();
    mark();
    keep();
}

/** Arrows, Home and End go through a list of tabs. */
function roving(target: HTMLElement): void {
    target.addEventListener("keydown", (event) => {
        const all = Array.from(target.querySelectorAll<HTMLElement>('[role="tab"]'));
        const at = all.indexOf(event.target as HTMLElement);
        const next: Record<string, number> = {
            ArrowRight: (at + 1) % all.length,
            ArrowLeft: (at - 1 + all.length) % all.length,
            Home: 0,
            End: all.length - 1,
        };
        const to = next[event.key];
        if (at < 0 || to === undefined) return;
        event.preventDefault();
        all[to]?.focus();
        all[to]?.click();
    });
}

// --- asking for names

const naming = part<HTMLDialogElement>("naming");
const nameInput = part<HTMLInputElement>("name");
const nameError = part("name-problem");
let named: (path: string) => void = () => undefined;
let nameWithout = "";

function askName(title: string, value: string, without: string, done: (path: string) => void): void {
    part("naming-title").textContent = title;
    nameInput.value = value;
    nameError.textContent = "";
    nameWithout = without;
    named = done;
    naming.showModal();
    nameInput.select();
}

naming.querySelector("form")?.addEventListener("submit", (event) => {
    const path = nameInput.value.trim();
    const problem = nameProblem(path, nameWithout);
    if (problem !== "") {
        event.preventDefault();
        nameError.textContent = problem;
        return;
    }
    named(path);
});
part("name-cancel").addEventListener("click", () => {
    naming.close();
});

part("add").addEventListener("click", () => {
    const usual = ["compose.yaml", "compose.override.yaml", "Dockerfile", ".dockerignore", ".env"];
    const free = usual.find((each) => !project.paths.includes(each)) ?? "";
    askName("Add a file", free, "", (path) => {
        remember("the new file");
        project.add(path, "");
        edited();
        open(path);
        project.view.focus();
    });
});

function rename(): void {
    const from = project.active;
    askName("Rename the file", from, from, (path) => {
        if (path === from) return;
        remember("the new name");
        project.rename(from, path);
        edited();
        tabs();
    });
}

part("rename").addEventListener("click", rename);
part("tabs").addEventListener("keydown", (event) => {
    if (event.key === "F2") rename();
});

part("remove").addEventListener("click", () => {
    remember(`that ${project.active} was deleted`);
    project.remove(project.active);
    edited();
    tabs();
});

// --- linting

async function check(): Promise<void> {
    clearTimeout(timer);
    const asked = version;
    const since = changedAt;
    const files = project.texts();
    keep();
    document.documentElement.dataset["linting"] = "";
    const problem = filesProblem(files);
    if (problem !== "") {
        delete document.documentElement.dataset["linting"];
        say(`${problem} Nothing was linted.`, "wrong");
        return;
    }
    try {
        const answer = await linter.ask({ do: "check", files, preset: preset.value || null });
        if (asked !== version) return;
        report = answer;
        reported = asked;
        refresh();
        const { dataset } = document.documentElement;
        dataset["took"] = String(Math.round(performance.now() - since));
        dataset["first"] ??= String(Math.round(performance.now()));
        dataset["checked"] = String(asked);
    } catch (error) {
        if (asked !== version || (error instanceof Error && error.message === "overtaken")) return;
        report = null;
        refresh();
        if (error instanceof TooLong) {
            say(`Linting took ${error.message} and was stopped. It begins again with your next change.`, "wrong");
        } else {
            say("composelint failed on these files. Please report it with a link to them.", "wrong");
            console.warn(error);
        }
    } finally {
        if (asked === version) delete document.documentElement.dataset["linting"];
    }
}

function refresh(): void {
    tabs();
    mark();
    const found = report?.findings ?? [];
    const of = (severity: Severity) => found.filter((each) => each.severity === severity).length;
    if (wanted !== null && of(wanted) === 0) wanted = null;
    const filter = part("filter");
    const severities = (["error", "warning", "info"] as const).filter((each) => of(each) > 0);
    const pressed = (document.activeElement as HTMLElement | null)?.dataset["severity"];
    filter.replaceChildren(
        ...(severities.length < 2 ? [] : severities).map((severity) => {
            const made = button("", "", () => {
                wanted = wanted === severity ? null : severity;
                refresh();
            });
            made.dataset["severity"] = severity;
            made.setAttribute("aria-pressed", String(wanted === severity));
            made.append(sign(severity), `${of(severity)}`);
            return made;
        }),
    );
    filter.querySelector<HTMLElement>(`[data-severity="${pressed ?? "none"}"]`)?.focus();
    if (report === null) findingsList.replaceChildren();
    else list(findingsList, report, wanted, { go, fix: (finding) => void fix(finding) });
    const safe = found.filter((each) => each.fix?.applicability === "safe").length;
    fixAll.disabled = safe === 0;
    fixAll.textContent = safe > 0 ? `Fix all safe ones (${safe})` : "Fix all safe ones";
    undo.disabled = earlier.length === 0;
    undo.title = earlier.length > 0 ? `Undo ${earlier.at(-1)?.what ?? ""}` : "";
    if (report !== null) conclude(report);
    if (!picturePanel.hidden) void draw();
}

function conclude(result: Report): void {
    if (result.problems.length > 0) {
        const first = result.problems[0];
        say(`The configuration cannot be used: ${first?.path ?? ""}:${first?.line ?? 1}: ${first?.message ?? ""}`, "wrong");
        return;
    }
    const rules = result.preset.length > 0 ? `, by ${result.preset.join(" and ")}` : "";
    const hidden = result.suppressed > 0 ? ` (${counted(result.suppressed, "more is", "more are")} accepted by comments or the configuration)` : "";
    const off = result.policies > 0 ? ` Policies are off here (${result.policies}).` : "";
    const number = result.findings.length + result.more;
    if (result.files === 0) {
        say("There is no Compose file, Dockerfile, ignore file or env file among these files.");
    } else if (number === 0) {
        say(`No problems found in ${counted(result.files, "file")}${rules}${hidden}.${off}`, "good");
    } else {
        say(`${counted(number, "finding")} in ${counted(result.files, "file")}${rules}${hidden}.${off}`);
    }
}

/** Show the findings of the open file in its text. */
function mark(): void {
    const own = (report?.findings ?? []).filter((each) => each.path === project.active);
    show(
        project.view,
        shown(project.view.state.doc, own, (finding) => void fix(finding)),
    );
}

function go(place: Place): void {
    if (!project.paths.includes(place.path)) return;
    open(place.path);
    const { view } = project;
    const from = offset(view.state.doc, place.from);
    const to = Math.max(from, offset(view.state.doc, place.to));
    view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    view.focus();
    editorHost.scrollIntoView({ block: "nearest" });
}

// --- fixing

function remember(what: string): void {
    earlier.push({ files: project.texts(), what });
    if (earlier.length > 30) earlier.shift();
}

function same(one: Finding, other: Finding): boolean {
    return one.code === other.code && one.path === other.path && one.message === other.message;
}

async function fix(finding: Finding): Promise<void> {
    let chosen: Finding | undefined = finding;
    if (reported !== version) {
        // The texts have changed since: the finding is looked for in what is found now.
        await check();
        chosen = report?.findings.find((each) => same(each, finding));
    }
    if (chosen === undefined) {
        say("This finding is gone.");
        return;
    }
    await change(chosen.fix?.title ?? "", { do: "fix", number: chosen.number, code: chosen.code });
}

async function change(
    what: string,
    request: { do: "fix"; number: number; code: string } | { do: "fix_all"; unsafe: boolean },
): Promise<void> {
    const asked = version;
    let answer: Fixed;
    try {
        answer = await linter.ask(request);
    } catch (error) {
        say(error instanceof TooLong ? "Fixing took too long and was stopped." : "Fixing failed.", "wrong");
        return;
    }
    if (asked !== version) return;
    if (answer.changes.length === 0) {
        say(answer.refused ? `Nothing was changed: ${answer.refused}.` : "There is nothing to change.");
        return;
    }
    remember(what);
    project.apply(answer.changes);
    edited();
    const first = answer.changes.find((each): each is Change & { edits: unknown } => "edits" in each);
    if (first !== undefined && !answer.changes.some((each) => each.path === project.active)) open(first.path);
    tabs();
    await check();
}

fixAll.addEventListener("click", () => {
    void (async () => {
        if (reported !== version) await check();
        await change("all safe fixes", { do: "fix_all", unsafe: false });
    })();
});

undo.addEventListener("click", () => {
    const last = earlier.pop();
    if (last === undefined) return;
    project.restore(last.files);
    edited();
    void check();
});

// --- the picture

// On narrow screens a picture that fits cannot be read.
if (innerWidth < 700) picturePanel.classList.add("whole");

async function draw(): Promise<void> {
    if (drawn === version || reported !== version) return;
    const asked = version;
    drawn = asked;
    try {
        const { graphs } = await linter.ask({ do: "picture" });
        const layouts: string[] = [];
        for (const graph of graphs) layouts.push(await laidOut(graph));
        if (asked !== version) return;
        const { pictures } = await linter.ask({ do: "dress", layouts });
        if (asked !== version) return;
        if (pictures.length === 0) {
            picturePanel.replaceChildren(element("p", { class: "empty" }, "There is no stack to draw in these files."));
            return;
        }
        const size = button("Full size", "", () => {
            const isWhole = picturePanel.classList.toggle("whole");
            size.textContent = isWhole ? "Fit" : "Full size";
        });
        if (picturePanel.classList.contains("whole")) size.textContent = "Fit";
        const drawings = pictures.map(inert).filter((each) => each !== null);
        picturePanel.replaceChildren(element("p", {}, size), ...drawings);
    } catch (error) {
        drawn = -1;
        const why = error instanceof Error ? error.message : String(error);
        picturePanel.replaceChildren(element("p", { class: "empty" }, `The picture could not be drawn: ${why}`));
    }
}

picturePanel.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    const number = /^#finding-(\d+)$/.exec(link?.getAttribute("href") ?? "")?.[1];
    if (number === undefined) return;
    event.preventDefault();
    const finding = report?.findings[Number(number)];
    if (finding !== undefined && reported === version) go(finding);
});

for (const name of ["findings", "picture"]) {
    part(`view-${name}`).addEventListener("click", () => {
        for (const each of ["findings", "picture"]) {
            const tab = part(`view-${each}`);
            tab.setAttribute("aria-selected", String(each === name));
            tab.tabIndex = each === name ? 0 : -1;
            part(`panel-${each}`).hidden = each !== name;
        }
        document.body.classList.toggle("drawing", name === "picture");
        if (name !== "picture") return;
        // Not the picture of what was there before.
        if (drawn !== version) picturePanel.replaceChildren(element("p", { class: "empty" }, "Drawing…"));
        void draw();
    });
}
roving(part("views"));
roving(part("tabs"));

// --- links, examples, dropped files

part("share").addEventListener("click", () => {
    void (async () => {
        const fragment = await encoded(state());
        if (fragment.length > LONGEST) {
            say(`The files are too large for a link (${Math.round(fragment.length / 1000)} kB, at most ${LONGEST / 1000}).`, "wrong");
            return;
        }
        history.replaceState(null, "", `#${fragment}`);
        keep();
        try {
            await navigator.clipboard.writeText(location.href);
            say("The link is copied. It holds the files; nothing was sent anywhere.", "good");
        } catch {
            say("The link is in the address bar. It holds the files; nothing was sent anywhere.", "good");
        }
    })();
});

preset.addEventListener("change", () => {
    edited();
    void check();
});

interface Example {
    name: string;
    title: string;
    files: Files;
}

let examples: Example[] = [];
const example = part<HTMLSelectElement>("example");
example.addEventListener("change", () => {
    const chosen = examples.find((each) => each.name === example.value);
    example.value = "";
    if (chosen === undefined) return;
    const before = project.texts();
    if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
    load({ files: chosen.files, active: firstOf(chosen.files), preset: preset.value || null });
    earlier.push({ files: before, what: "loading the example" });
});

function firstOf(files: Files): string {
    const paths = Object.keys(files);
    return paths.find((path) => /(^|\/)(docker-)?compose[^/]*\.ya?ml$/.test(path)) ?? paths[0] ?? "";
}

addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    editorHost.classList.add("target");
});
addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) editorHost.classList.remove("target");
});
addEventListener(
    "drop",
    (event) => {
        editorHost.classList.remove("target");
        const transfer = event.dataTransfer;
        if (!transfer?.types.includes("Files")) return;
        event.preventDefault();
        event.stopPropagation();
        void dropped(transfer).then(({ files, left }) => {
            const isFolder = Object.keys(files).length > 1;
            const together: Files = isFolder ? files : { ...project.texts(), ...files };
            const next = validState({ files: together, active: firstOf(files), preset: preset.value || null });
            if (next === null || Object.keys(files).length === 0) {
                say("None of these files can be taken: they are too large, too many or no texts.", "wrong");
                return;
            }
            const before = project.texts();
            load(next);
            earlier.push({ files: before, what: "dropping files" });
            if (left > 0) say(`${counted(left, "file was", "files were")} left out.`);
        });
    },
    true,
);

part("scheme").addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset["scheme"]
        ? root.dataset["scheme"] === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset["scheme"] = isDark ? "light" : "dark";
});

addEventListener("hashchange", () => {
    void decoded(location.hash).then((next) => {
        if (next !== null) load(next);
        else say("This link holds no files that can be read.", "wrong");
    });
});

/** What this tab showed before it was loaded again. */
function kept(): State | null {
    try {
        const value: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
        if (typeof value !== "object" || value === null) return null;
        const { hash, state: before } = value as { hash?: unknown; state?: unknown };
        return hash === location.hash ? validState(before) : null;
    } catch {
        return null;
    }
}

async function begin(): Promise<void> {
    say("Loading composelint …");
    const fetched = async (name: string): Promise<unknown> =>
        (await fetch(new URL(`./${name}`, import.meta.url))).json();
    void fetched("sizes.json").then((answer) => {
        sizes = answer as Record<string, number>;
    });
    const before = kept() ?? (await decoded(location.hash));
    const isBroken = before === null && location.hash !== "";
    if (before !== null) load(before);
    examples = (await fetched("examples.json")) as Example[];
    example.append(...examples.map(({ name, title }) => element("option", { value: name }, title)));
    const first = examples[0];
    if (before === null && first !== undefined) {
        load({ files: first.files, active: firstOf(first.files), preset: null });
        if (isBroken) say("This link holds no files that can be read; here is an example.", "wrong");
    }
}

void begin();
