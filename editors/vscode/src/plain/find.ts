/** Which composelint is started: that of the interpreter which is named, else the one on PATH. */

import { expanded, isAbsolute, isInside, onPath, type Machine } from './places';

/** Asks an interpreter what it is and has. Nothing of the working folder is imported. */
export const PROBE = [
    'import sys',
    'sys.path = [path for path in sys.path if path]',
    'import importlib.util, json',
    'has = lambda name: importlib.util.find_spec(name) is not None',
    'version = None',
    'if has("composelint"):',
    '    from importlib.metadata import PackageNotFoundError, version as of',
    '    try: version = of("composelint")',
    '    except PackageNotFoundError: version = "unknown"',
    'print(json.dumps({"python": list(sys.version_info[:3]), "version": version, "server": has("pygls")}))',
].join('\n');

/** The oldest Python that composelint runs with. */
export const OLDEST_PYTHON: readonly [number, number] = [3, 11];

/** The first release with a server. */
export const FIRST_VERSION: readonly [number, number] = [0, 2];

export type Origin = 'setting' | 'python-extension' | 'path';

export interface Launch {
    command: string;
    /** What comes before the verb. */
    prefix: readonly string[];
    origin: Origin;
    version: string;
}

export type Reason =
    | 'no-interpreter' // nobody named one, and nothing is on PATH
    | 'not-absolute'
    | 'not-trusted' // it is inside of a workspace that is not trusted
    | 'does-not-run'
    | 'old-python'
    | 'not-installed'
    | 'old-version'
    | 'no-server'; // installed without the extra

export interface Missing {
    reason: Reason;
    /** The interpreter or program that was asked, if there was one. */
    asked?: string;
    origin?: Origin;
    detail?: string;
}

export type Found = { launch: Launch } | { missing: Missing };

export interface Answer {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** What looking for composelint needs of the machine. */
export interface World {
    machine: Machine;
    /** The folders of the workspace. */
    folders: readonly string[];
    isTrusted: boolean;
    isFile(path: string): Promise<boolean>;
    run(command: string, args: readonly string[]): Promise<Answer>;
}

export interface Named {
    /** The setting `composelint.interpreter`. */
    setting: string;
    /** The interpreter that is selected in the Python extension. */
    fromPythonExtension: string | undefined;
}

/** The composelint to start, or why there is none. */
export async function find(named: Named, world: World): Promise<Found> {
    if (named.setting.trim()) {
        const path = expanded(named.setting, world.machine, world.folders[0]);
        // Who names an interpreter does not want another one instead.
        return inInterpreter(path, 'setting', world);
    }
    let first: Found = { missing: { reason: 'no-interpreter' } };
    if (named.fromPythonExtension) {
        first = await inInterpreter(named.fromPythonExtension, 'python-extension', world);
        if ('launch' in first) {
            return first;
        }
    }
    for (const path of onPath('composelint', world.machine)) {
        if (!mayRun(path, world) || !(await world.isFile(path))) {
            continue;
        }
        const answer = await asProgram(path, world);
        if ('launch' in answer) {
            return answer;
        }
        // What is wrong with a composelint that exists says more than that another has none.
        return 'missing' in first && isAbout(first.missing) ? first : answer;
    }
    return first;
}

/** Whether a reason is about a composelint that exists. */
function isAbout(missing: Missing): boolean {
    return missing.reason === 'no-server' || missing.reason === 'old-version';
}

function mayRun(path: string, world: World): boolean {
    return world.isTrusted || !isInside(path, world.folders, world.machine.platform);
}

async function inInterpreter(path: string, origin: Origin, world: World): Promise<Found> {
    const missing = (reason: Reason, detail?: string): Found => ({ missing: { reason, asked: path, origin, detail } });
    if (!isAbsolute(path, world.machine.platform)) {
        return missing('not-absolute');
    }
    if (!mayRun(path, world)) {
        return missing('not-trusted');
    }
    if (!(await world.isFile(path))) {
        return missing('does-not-run', 'there is no such file');
    }
    const answer = await world.run(path, ['-c', PROBE]);
    const facts = answer.code === 0 ? factsIn(answer.stdout) : undefined;
    if (!facts) {
        return missing('does-not-run', lastLine(answer.stderr) || `it ended with ${answer.code}`);
    }
    if (isBefore(facts.python, OLDEST_PYTHON)) {
        return missing('old-python', facts.python.join('.'));
    }
    if (facts.version === null) {
        return missing('not-installed');
    }
    if (isBefore(numbersIn(facts.version), FIRST_VERSION)) {
        return missing('old-version', facts.version);
    }
    if (!facts.server) {
        return missing('no-server', facts.version);
    }
    // -P: no module of the working folder is imported instead.
    return { launch: { command: path, prefix: ['-P', '-m', 'composelint'], origin, version: facts.version } };
}

async function asProgram(path: string, world: World): Promise<Found> {
    const missing = (reason: Reason, detail?: string): Found => ({ missing: { reason, asked: path, origin: 'path', detail } });
    const answer = await world.run(path, ['--version']);
    const version = /^composelint (\S+)/.exec(answer.stdout)?.[1];
    if (answer.code !== 0 || !version) {
        return missing('does-not-run', lastLine(answer.stderr) || `it ended with ${answer.code}`);
    }
    if (isBefore(numbersIn(version), FIRST_VERSION)) {
        return missing('old-version', version);
    }
    return { launch: { command: path, prefix: [], origin: 'path', version } };
}

interface Facts {
    python: number[];
    version: string | null;
    server: boolean;
}

function factsIn(output: string): Facts | undefined {
    // A sitecustomize may print something before.
    const line = lastLine(output);
    try {
        const data: unknown = JSON.parse(line);
        if (typeof data === 'object' && data !== null && 'python' in data && Array.isArray(data.python)) {
            const { version, server } = data as Partial<Facts>;
            return {
                python: data.python.map(Number),
                version: typeof version === 'string' ? version : null,
                server: server === true,
            };
        }
    } catch {
        // It is not an interpreter.
    }
    return undefined;
}

/** The last line that is not blank. */
export function lastLine(text: string): string {
    return text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean).at(-1) ?? '';
}

function numbersIn(version: string): number[] {
    return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').filter(Boolean).map(Number);
}

/** Whether a version is before another one; one without numbers is not. */
function isBefore(version: readonly number[], other: readonly number[]): boolean {
    if (!version.length) {
        return false;
    }
    for (const [index, number] of other.entries()) {
        const own = version[index] ?? 0;
        if (own !== number) {
            return own < number;
        }
    }
    return false;
}
