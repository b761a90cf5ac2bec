/** Rules: which one a finding is of, and lists to choose from. */

export interface Rule {
    code: string;
    name: string;
    summary: string;
}

/** What is needed of a diagnostic. */
export interface Coded {
    source?: string;
    code?: string | number | { value: string | number };
    range: { start: Place; end: Place };
}

export interface Place {
    line: number;
    character: number;
}

const CODE = /^[A-Z]{2}\d{3,4}$/;

/** The code of the rule that a finding of ours is of. */
export function codeOf(item: Coded): string | undefined {
    const value = typeof item.code === 'object' ? item.code.value : item.code;
    return item.source === 'composelint' && typeof value === 'string' && CODE.test(value) ? value : undefined;
}

/** The codes of the findings at a place, each once; those of its line if there are none. */
export function codesAt(items: readonly Coded[], place: Place): string[] {
    const codes = (chosen: readonly Coded[]) => [...new Set(chosen.flatMap((item) => codeOf(item) ?? []))];
    const here = codes(items.filter(({ range }) => !isAfter(range.start, place) && !isAfter(place, range.end)));
    return here.length ? here : codes(items.filter(({ range }) => range.start.line === place.line));
}

function isAfter(one: Place, other: Place): boolean {
    return one.line !== other.line ? one.line > other.line : one.character > other.character;
}

/** The rules that `composelint rules --output-format json` lists. */
export function rulesIn(output: string): Rule[] {
    const data: unknown = JSON.parse(output);
    if (!Array.isArray(data)) {
        throw new Error('the rules are not a list');
    }
    return data.flatMap((rule: Partial<Rule> | null) =>
        typeof rule?.code === 'string' && typeof rule.name === 'string'
            ? [{ code: rule.code, name: rule.name, summary: String(rule.summary ?? '') }]
            : [],
    );
}

/** Whether a text may be given to `composelint rule`: a code or a name, not an option. */
export function isRuleName(text: unknown): text is string {
    return typeof text === 'string' && /^[A-Za-z][\w-]*$/.test(text);
}

/** Where the pages on rules are published. */
export const PAGES = 'https://github.com/composelint/composelint/blob/main/docs/rules/';

/** A page on a rule whose links lead to the published pages. */
export function withAbsoluteLinks(page: string): string {
    return page.replace(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, target: string) => `](${new URL(target, PAGES).href})`);
}
