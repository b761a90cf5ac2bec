/** The settings, and what the server is told of them. */

export const PRESETS = ['recommended', 'development', 'infrastructure', 'hybrid', 'production', 'hardened', 'style', 'all'];

/** Reads one setting, as VS Code's `WorkspaceConfiguration` does. */
export type Read = (key: string) => unknown;

export interface Settings {
    enable: boolean;
    interpreter: string;
    server: ServerSettings;
}

/** What the server is sent as section `composelint`; what is not set is left to the project. */
export interface ServerSettings {
    preset: string | null;
    select: string[] | null;
    extendSelect: string[];
    ignore: string[];
    config: string | null;
    trust: boolean;
}

/** The settings as they hold here; nothing of a workspace is trusted unless the workspace is. */
export function settingsOf(read: Read, isTrusted: boolean): Settings {
    return {
        enable: read('enable') !== false,
        interpreter: text(read('interpreter')) ?? '',
        server: {
            preset: text(read('preset')),
            select: texts(read('select')),
            extendSelect: texts(read('extendSelect')) ?? [],
            ignore: texts(read('ignore')) ?? [],
            config: text(read('config')),
            trust: isTrusted && read('trust') === true,
        },
    };
}

/** The options of the command line that say the same. */
export function options(settings: ServerSettings): string[] {
    const list = (name: string, values: readonly string[]) => (values.length ? [`--${name}=${values.join(',')}`] : []);
    return [
        ...(settings.preset ? [`--preset=${settings.preset}`] : []),
        ...list('select', settings.select ?? []),
        ...list('extend-select', settings.extendSelect),
        ...list('ignore', settings.ignore),
        ...common(settings),
    ];
}

/** The options that every verb has. */
export function common(settings: ServerSettings): string[] {
    return [...(settings.config ? [`--config=${settings.config}`] : []), ...(settings.trust ? ['--trust'] : [])];
}

function text(value: unknown): string | null {
    return typeof value === 'string' && value.trim() ? value.trim() : null;
}

/** A list of texts; null if none is given. An empty list of rules would select nothing. */
function texts(value: unknown): string[] | null {
    const items = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
    const words = items.map((item) => item.trim()).filter(Boolean);
    return words.length ? words : null;
}
