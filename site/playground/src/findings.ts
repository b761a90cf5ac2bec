/** The list of findings beside the editor. */

import { button, counted, element, withCode } from "./dom";
import type { Finding, Place, Report, Severity } from "./protocol";

export interface Actions {
    go(place: Place): void;
    fix(finding: Finding): void;
}

/** So many are put into the page at once. */
const AT_ONCE = 300;

export const SIGNS: Record<Severity, string> = { error: "✕", warning: "!", info: "i" };

const RANKS: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

const FIX_NOTES = {
    safe: "",
    unsafe: "changes what runs",
    suggestion: "a suggestion: check the values",
} as const;

/** The address of the page about a rule: on this site, or that of another tool. */
export function ruleAddress(finding: Finding): string {
    if (finding.url.includes("/docs/rules/")) {
        return `../rules/${encodeURIComponent(finding.name)}/`;
    }
    return finding.url.startsWith("https://") ? finding.url : "";
}

export function sign(severity: Severity): HTMLElement {
    return element(
        "span",
        { class: `sign ${severity}`, role: "img", "aria-label": severity, title: severity },
        SIGNS[severity],
    );
}

function item(finding: Finding, actions: Actions): HTMLElement {
    const where = button(`${finding.path}:${finding.line}:${finding.column}`, "place", () => {
        actions.go(finding);
    });
    const address = ruleAddress(finding);
    const code = address
        ? element(
              "a",
              { class: "code", href: address, target: "_blank", rel: "noopener" },
              `${finding.code} ${finding.name}`,
          )
        : element("span", { class: "code" }, finding.code);
    const message = button(finding.message, "message", () => {
        actions.go(finding);
    });
    const fixing = element("p", { class: "fixes" });
    if (finding.fix !== null) {
        const { title, applicability } = finding.fix;
        fixing.append(
            button(title, `fix ${applicability}`, () => {
                actions.fix(finding);
            }),
        );
        const note = FIX_NOTES[applicability];
        if (note) fixing.append(element("span", { class: "note" }, note));
    }
    const related = finding.related.slice(0, 5).map((each) =>
        element(
            "li",
            {},
            button(`${each.path}:${each.line}`, "place", () => {
                actions.go(each);
            }),
            ` ${each.message}`,
        ),
    );
    return element(
        "li",
        { class: `finding ${finding.severity}`, "data-code": finding.code, "data-path": finding.path },
        sign(finding.severity),
        element(
            "div",
            { class: "body" },
            message,
            finding.help ? element("p", { class: "help" }, ...withCode(finding.help)) : null,
            related.length > 0 ? element("ul", { class: "related" }, ...related) : null,
            finding.fix !== null ? fixing : null,
            element("p", { class: "meta" }, where, code),
        ),
    );
}

/** Fill the list with the findings of a report. */
export function list(target: HTMLElement, report: Report, wanted: Severity | null, actions: Actions): void {
    const findings = report.findings
        .filter((each) => wanted === null || each.severity === wanted)
        .sort((one, other) => RANKS[one.severity] - RANKS[other.severity]);
    const items = findings.slice(0, AT_ONCE).map((finding) => item(finding, actions));
    const left = findings.length - items.length + (wanted === null ? report.more : 0);
    if (left > 0) items.push(element("li", { class: "empty" }, `… and ${counted(left, "more finding")}.`));
    target.replaceChildren(...items);
}
