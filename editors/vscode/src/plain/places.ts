/** Paths: what settings name, and where programs are. */

export interface Machine {
    platform: NodeJS.Platform;
    home: string;
    environment: Readonly<Record<string, string | undefined>>;
}

/** A path of a setting with its `~`, `${userHome}`, `${workspaceFolder}` and `${env:NAME}` filled in. */
export function expanded(text: string, machine: Machine, workspaceFolder: string | undefined): string {
    const path = text.trim().replace(/^~(?=[/\\]|$)/, () => machine.home);
    return path.replace(/\$\{(userHome|workspaceFolder|env:([^}]+))\}/g, (whole, name: string, variable?: string) => {
        if (name === 'userHome') {
            return machine.home;
        }
        if (name === 'workspaceFolder') {
            return workspaceFolder ?? whole;
        }
        return machine.environment[variable ?? ''] ?? '';
    });
}

/** Whether a path says by itself where it is; a relative one depends on the folder of the process. */
export function isAbsolute(path: string, platform: NodeJS.Platform): boolean {
    return platform === 'win32' ? /^[A-Za-z]:[/\\]|^[/\\]{2}[^/\\]/.test(path) : path.startsWith('/');
}

/** A path without `.` and `..`, with one kind of separator; in lower case where case does not count. */
function normal(path: string, platform: NodeJS.Platform): string {
    const parts: string[] = [];
    for (const part of path.split(platform === 'win32' ? /[/\\]+/ : /\/+/)) {
        if (part === '..') {
            parts.pop();
        } else if (part !== '.' && part !== '') {
            parts.push(part);
        }
    }
    const text = `/${parts.join('/')}`;
    return platform === 'linux' ? text : text.toLowerCase();
}

/** Whether a path is one of the folders, or below one. */
export function isInside(path: string, folders: readonly string[], platform: NodeJS.Platform): boolean {
    const inner = normal(path, platform);
    return folders.some((folder) => {
        const outer = normal(folder, platform);
        return outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
    });
}

/** Where a program may be: its path in each absolute folder of PATH, in their order. */
export function onPath(program: string, machine: Machine): string[] {
    const isWindows = machine.platform === 'win32';
    const path = isWindows
        ? Object.entries(machine.environment).find(([name]) => name.toUpperCase() === 'PATH')?.[1]
        : machine.environment.PATH;
    const folders = (path ?? '').split(isWindows ? ';' : ':').map((folder) => folder.replace(/^"(.*)"$/, '$1'));
    const separator = isWindows ? '\\' : '/';
    return folders
        .filter((folder) => isAbsolute(folder, machine.platform))
        .map((folder) => folder.replace(isWindows ? /[/\\]+$/ : /\/+$/, '') + separator + program + (isWindows ? '.exe' : ''));
}
