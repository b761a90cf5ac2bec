/** The editor: texts of files, with findings beside and in them. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
    bracketMatching,
    foldGutter,
    foldKeymap,
    HighlightStyle,
    indentOnInput,
    indentUnit,
    StreamLanguage,
    syntaxHighlighting,
} from "@codemirror/language";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import type { Diagnostic } from "@codemirror/lint";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import type { Extension, Text } from "@codemirror/state";
import { EditorState } from "@codemirror/state";
import {
    drawSelection,
    EditorView,
    highlightActiveLine,
    highlightActiveLineGutter,
    highlightSpecialChars,
    keymap,
    lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Finding, LineEdit, Point } from "./protocol";

const colours = HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
    { tag: [tags.keyword, tags.operatorKeyword, tags.meta], color: "var(--keyword)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--number)" },
    { tag: [tags.comment, tags.lineComment], color: "var(--comment)", fontStyle: "italic" },
    { tag: [tags.variableName, tags.labelName, tags.typeName], color: "var(--name)" },
]);

const theme = EditorView.theme({
    "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--paper)", fontSize: "14px" },
    // The frame around the files shows that it has the focus.
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
    ".cm-content": { caretColor: "var(--text)" },
    ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
    ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--faint)", border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--line)" },
    ".cm-activeLineGutter": { color: "var(--text)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
        { background: "var(--selection) !important" },
    ".cm-selectionMatch": { backgroundColor: "var(--match)" },
    ".cm-tooltip, .cm-panels": {
        backgroundColor: "var(--raised)",
        color: "var(--text)",
        border: "1px solid var(--edge)",
    },
    ".cm-tooltip": { borderRadius: "6px", maxWidth: "min(34rem, 90vw)", boxShadow: "0 4px 16px #0004" },
    ".cm-panels input, .cm-panels button": {
        color: "var(--text)",
        background: "var(--paper)",
        border: "1px solid var(--edge)",
    },
    ".cm-diagnostic": { padding: ".4rem .6rem", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
    ".cm-diagnostic-error": { borderLeft: "4px solid var(--error)" },
    ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warning)" },
    ".cm-diagnostic-info": { borderLeft: "4px solid var(--info)" },
    ".cm-diagnosticAction": {
        display: "block",
        backgroundColor: "var(--accent)",
        color: "var(--on-accent)",
        borderRadius: "4px",
        padding: "2px 8px",
        margin: "4px 0 2px",
        cursor: "pointer",
    },
    ".cm-lintRange": { backgroundImage: "none", textDecorationLine: "underline", textDecorationStyle: "wavy", textUnderlineOffset: "3px", textDecorationThickness: "1.5px" },
    ".cm-lintRange-error": { textDecorationColor: "var(--error)" },
    ".cm-lintRange-warning": { textDecorationColor: "var(--warning)" },
    ".cm-lintRange-info": { textDecorationColor: "var(--info)", textDecorationStyle: "dotted" },
    ".cm-gutter-lint .cm-gutterElement": { padding: "0 3px" },
    ".cm-gutter-lint .cm-lint-marker": { width: "1em", height: "1em", content: "normal", marginTop: ".25em", borderRadius: "3px" },
    ".cm-gutter-lint .cm-lint-marker-error": { backgroundColor: "var(--error)", clipPath: "polygon(30% 0,70% 0,100% 30%,100% 70%,70% 100%,30% 100%,0 70%,0 30%)" },
    ".cm-gutter-lint .cm-lint-marker-warning": { backgroundColor: "var(--warning)", clipPath: "polygon(50% 4%,100% 96%,0 96%)" },
    ".cm-gutter-lint .cm-lint-marker-info": { backgroundColor: "var(--info)", clipPath: "circle(42%)" },
});

/** How a file is shown, by its name. */
function language(path: string): Extension {
    const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
    if (/\.ya?ml$/.test(name)) return yaml();
    if (/\.json$/.test(name)) return json();
    if (/\.toml$/.test(name)) return StreamLanguage.define(toml);
    if (/^(docker|container)file|\.dockerfile$/.test(name)) return StreamLanguage.define(dockerFile);
    if (/(^|\.)env(\.|$)|ignore$/.test(name)) return StreamLanguage.define(properties);
    return [];
}

/** The state of a file in the editor. */
export function newState(path: string, text: string, changed: () => void): EditorState {
    return EditorState.create({
        doc: text,
        extensions: [
            lineNumbers(),
            lintGutter(),
            foldGutter(),
            highlightSpecialChars(),
            history(),
            drawSelection(),
            indentUnit.of("  "),
            EditorState.tabSize.of(4),
            indentOnInput(),
            bracketMatching(),
            highlightActiveLine(),
            highlightActiveLineGutter(),
            highlightSelectionMatches(),
            search({ top: true }),
            syntaxHighlighting(colours),
            language(path),
            theme,
            keymap.of([
                ...defaultKeymap,
                ...historyKeymap,
                ...searchKeymap,
                ...foldKeymap,
                ...lintKeymap,
                indentWithTab,
            ]),
            EditorView.contentAttributes.of({
                "aria-label": `Text of ${path}`,
                spellcheck: "false",
                tabindex: "0",
            }),
            EditorView.updateListener.of((update) => {
                if (update.docChanged) changed();
            }),
        ],
    });
}

/** The offset of a place in a document, which may have changed since. */
export function offset(doc: Text, [line, column]: Point): number {
    if (line > doc.lines) return doc.length;
    const { from, to } = doc.line(line);
    return Math.min(from + column, to);
}

const NOTES = { safe: "", unsafe: " (changes what runs)", suggestion: " (a suggestion)" } as const;

/** The findings of a file as the editor shows them. */
export function shown(
    doc: Text,
    findings: readonly Finding[],
    fix: (finding: Finding) => void,
): Diagnostic[] {
    return findings.map((finding) => {
        const from = offset(doc, finding.from);
        const to = Math.max(from, offset(doc, finding.to));
        // Where a finding is about much text, its first line is marked.
        const end = Math.min(to, doc.lineAt(from).to);
        return {
            from,
            to: end,
            severity: finding.severity,
            source: finding.code,
            message: finding.help ? `${finding.message}\n${finding.help}` : finding.message,
            actions:
                finding.fix === null
                    ? []
                    : [
                          {
                              name: `${finding.fix.title}${NOTES[finding.fix.applicability]}`,
                              apply: () => {
                                  fix(finding);
                              },
                          },
                      ],
        };
    });
}

export function show(view: EditorView, diagnostics: Diagnostic[]): void {
    view.dispatch(setDiagnostics(view.state, diagnostics));
}

/** The changes of a document that line edits stand for. */
export function changesOf(doc: Text, edits: readonly LineEdit[]) {
    return edits.map(([first, last, lines]) => {
        const text = lines.join("\n");
        if (last < doc.lines) {
            const insert = lines.length > 0 ? `${text}\n` : "";
            return { from: doc.line(first + 1).from, to: doc.line(last + 1).from, insert };
        }
        // Up to the end: the line break before it goes with the lines.
        const from = first < doc.lines ? doc.line(first + 1).from : doc.length;
        const before = first > 0 && (lines.length === 0 || first >= doc.lines) ? 1 : 0;
        if (lines.length === 0) return { from: Math.max(0, from - before), to: doc.length, insert: "" };
        return { from, to: doc.length, insert: first >= doc.lines ? `\n${text}` : text };
    });
}
