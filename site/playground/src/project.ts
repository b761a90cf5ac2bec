/** The files of the page: their texts with what can be undone in each, and the one that is open. */

import type { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { changesOf, newState } from "./editor";
import type { Change, Files } from "./protocol";

export class Project {
    readonly view: EditorView;
    private states = new Map<string, EditorState>();
    active = "";

    constructor(host: HTMLElement, private readonly changed: () => void) {
        // In a shadow root the editor's style needs no exception from the page's policy.
        const root = host.attachShadow({ mode: "open" });
        const frame = document.createElement("div");
        frame.style.height = "100%";
        root.append(frame);
        this.view = new EditorView({ parent: frame, root });
    }

    get paths(): string[] {
        return [...this.states.keys()];
    }

    /** The texts of all files. */
    texts(): Files {
        this.keep();
        const files: Files = {};
        for (const [path, state] of this.states) files[path] = state.doc.toString();
        return files;
    }

    private keep(): void {
        if (this.states.has(this.active)) this.states.set(this.active, this.view.state);
    }

    /** Take other files instead of all. */
    load(files: Files, active: string): void {
        this.states = new Map(Object.entries(files).map(([path, text]) => [path, newState(path, text, this.changed)]));
        this.active = "";
        this.open(this.states.has(active) ? active : (this.paths[0] ?? ""));
    }

    open(path: string): void {
        const state = this.states.get(path);
        if (state === undefined || path === this.active) return;
        this.keep();
        this.active = path;
        this.view.setState(state);
    }

    add(path: string, text: string): void {
        this.states.set(path, newState(path, text, this.changed));
    }

    rename(from: string, to: string): void {
        const texts = Object.entries(this.texts()).map(([path, text]) => [path === from ? to : path, text]);
        this.load(Object.fromEntries(texts) as Files, this.active === from ? to : this.active);
    }

    remove(path: string): void {
        this.keep();
        const index = this.paths.indexOf(path);
        this.states.delete(path);
        if (path === this.active) {
            this.active = "";
            this.open(this.paths[Math.max(0, index - 1)] ?? "");
        }
    }

    /** Make these changes, each of which can be undone in its file. */
    apply(changes: readonly Change[]): void {
        for (const change of changes) {
            if ("create" in change) {
                if (!this.states.has(change.path)) this.add(change.path, change.create);
                continue;
            }
            const state = change.path === this.active ? this.view.state : this.states.get(change.path);
            if (state === undefined) continue;
            const spec = { changes: changesOf(state.doc, change.edits), userEvent: "input.fix" };
            if (change.path === this.active) this.view.dispatch(spec);
            else this.states.set(change.path, state.update(spec).state);
        }
    }

    /** Go back to earlier texts; files that are the same keep what can be undone in them. */
    restore(files: Files): void {
        const now = this.texts();
        const active = this.active;
        const states = new Map<string, EditorState>();
        for (const [path, text] of Object.entries(files)) {
            const state = this.states.get(path);
            states.set(path, state !== undefined && now[path] === text ? state : newState(path, text, this.changed));
        }
        this.states = states;
        this.active = "";
        this.open(states.has(active) ? active : (this.paths[0] ?? ""));
    }
}
