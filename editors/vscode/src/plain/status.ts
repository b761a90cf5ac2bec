/** The entry in the status bar. */

import type { Launch, Missing } from './find';
import { whyMissing } from './messages';

export type State =
    | { kind: 'off' }
    | { kind: 'starting'; launch?: Launch }
    | { kind: 'running'; launch: Launch }
    | { kind: 'missing'; missing: Missing }
    | { kind: 'failed'; message: string };

export interface Counts {
    errors: number;
    warnings: number;
    infos: number;
}

export interface Entry {
    text: string;
    tooltip: string;
    level: 'normal' | 'warning' | 'error';
}

/** What the status bar shows in a state. */
export function entryOf(state: State, counts: Counts): Entry {
    switch (state.kind) {
        case 'off':
            return { text: '$(circle-slash) composelint', tooltip: 'composelint is switched off (composelint.enable)', level: 'normal' };
        case 'starting':
            return { text: '$(sync~spin) composelint', tooltip: 'composelint is starting', level: 'normal' };
        case 'running':
            return {
                text: `$(${counts.errors ? 'error' : counts.warnings ? 'warning' : 'check'}) composelint`,
                tooltip: `composelint ${state.launch.version}: ${total(counts)}\n${[state.launch.command, ...state.launch.prefix].join(' ')}`,
                level: 'normal',
            };
        case 'missing':
            return { text: '$(warning) composelint', tooltip: whyMissing(state.missing), level: 'warning' };
        case 'failed':
            return { text: '$(error) composelint', tooltip: state.message, level: 'error' };
    }
}

/** Findings in words: `2 errors, 1 warning`. */
export function total(counts: Counts): string {
    const parts = (['errors', 'warnings', 'infos'] as const)
        .filter((name) => counts[name])
        .map((name) => `${counts[name]} ${counts[name] === 1 ? name.slice(0, -1) : name}`);
    return parts.join(', ') || 'no problems';
}
