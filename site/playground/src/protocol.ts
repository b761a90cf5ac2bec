/** What the page and its workers say to each other; `session.py` answers in these forms. */

export type Files = Record<string, string>;
export type Severity = "error" | "warning" | "info";
export type Applicability = "safe" | "unsafe" | "suggestion";

/** A line from 1 and a column from 0, in UTF-16 code units. */
export type Point = readonly [line: number, column: number];

export interface Place {
    path: string;
    from: Point;
    to: Point;
    line: number;
    column: number;
}

export interface Finding extends Place {
    number: number;
    code: string;
    name: string;
    category: string;
    severity: Severity;
    message: string;
    help: string;
    url: string;
    related: (Place & { message: string })[];
    fix: { title: string; applicability: Applicability } | null;
}

export interface Report {
    findings: Finding[];
    /** How many findings were left out. */
    more: number;
    files: number;
    suppressed: number;
    /** The presets that were used. */
    preset: string[];
    /** How many policies of the configuration were left out. */
    policies: number;
    /** Errors of the configuration, which keep everything from being linted. */
    problems: { path: string; line: number; message: string }[];
}

/** Lines from `first` up to `last`, from 0, are replaced by others. */
export type LineEdit = readonly [first: number, last: number, lines: string[]];

export type Change = { path: string; create: string } | { path: string; edits: LineEdit[] };

export interface Fixed {
    changes: Change[];
    applied?: number;
    /** Why nothing was changed. */
    refused: string;
}

export interface Answers {
    check: Report;
    fix: Fixed;
    fix_all: Fixed;
    picture: { graphs: string[] };
    dress: { pictures: string[] };
}

export type Request =
    | { do: "check"; files: Files; preset: string | null }
    | { do: "fix"; number: number; code: string }
    | { do: "fix_all"; unsafe: boolean }
    | { do: "picture" }
    | { do: "dress"; layouts: string[] };

export type FromWorker =
    | { kind: "progress"; loaded: number; what: string }
    | { kind: "ready"; milliseconds: number }
    | { kind: "failed"; message: string }
    | { kind: "answer"; id: number; answer: unknown }
    | { kind: "error"; id: number; message: string };
