/** Which stack a file belongs to, and the calls that show it. */

export interface Stack {
    /** Relative to the folder that was linted, in the order in which they are merged. */
    files: string[];
}

/** The stacks of a report (`--output-format json`). */
export function stacksIn(report: string): Stack[] {
    const data: unknown = JSON.parse(report);
    if (typeof data !== 'object' || data === null || !('stacks' in data) || !Array.isArray(data.stacks)) {
        throw new Error('the report has no stacks');
    }
    return data.stacks.flatMap((stack: unknown) => {
        if (typeof stack !== 'object' || stack === null || !('files' in stack) || !Array.isArray(stack.files)) {
            return [];
        }
        const files = stack.files.filter((file): file is string => typeof file === 'string');
        const isFragment = 'fragment' in stack && stack.fragment === true;
        return files.length && !isFragment ? [{ files }] : [];
    });
}

/** The stacks with a file; all of them if no stack has it. */
export function stacksWith(stacks: readonly Stack[], file: string | undefined): Stack[] {
    const path = file?.replaceAll('\\', '/');
    const own = stacks.filter((stack) => path !== undefined && stack.files.includes(path));
    return own.length ? own : [...stacks];
}

/** How a stack is called. */
export function nameOf(stack: Stack): string {
    return stack.files.join(' + ');
}

/** The arguments that print a stack with its origins. */
export function configCall(stack: Stack): string[] {
    return ['config', `--stack=${stack.files.join(':')}`, '--origins'];
}

/** The arguments that print what a stack may take of its machine. */
export function budgetCall(stack: Stack): string[] {
    return ['budget', `--stack=${stack.files.join(':')}`, '--color=never'];
}
