/** What people are told. */

import { OLDEST_PYTHON, FIRST_VERSION, type Missing } from './find';

/** What to install. */
export const PACKAGE = 'composelint[server]';

const WHO = {
    setting: 'the interpreter of the setting composelint.interpreter',
    'python-extension': "the Python extension's interpreter",
    path: 'composelint on PATH',
} as const;

/** Why there is no server, as a sentence. */
export function whyMissing(missing: Missing): string {
    const who = missing.origin ? `${WHO[missing.origin]} (${missing.asked})` : '';
    switch (missing.reason) {
        case 'no-interpreter':
            return 'composelint was not found: no interpreter is selected, and it is not on PATH.';
        case 'not-absolute':
            return `${capital(who)} is not an absolute path.`;
        case 'not-trusted':
            return `${capital(who)} is inside of this workspace, which is not trusted: it is not run.`;
        case 'does-not-run':
            return `${capital(who)} does not run: ${missing.detail ?? 'unknown'}.`;
        case 'old-python':
            return `${capital(who)} is Python ${missing.detail}; composelint needs ${OLDEST_PYTHON.join('.')} or newer.`;
        case 'not-installed':
            // With the setting, nothing else was looked at.
            return `composelint is not installed in ${who}${missing.origin === 'setting' ? '' : ', and it is not on PATH'}.`;
        case 'old-version':
            return `${capital(who)} is composelint ${missing.detail}, which has no server; ${FIRST_VERSION.join('.')} is the first with one.`;
        case 'no-server':
            return `${capital(who)} has composelint ${missing.detail} without its server.`;
    }
}

/** The command that installs what is missing; undefined if installing does not help. */
export function installCommand(missing: Missing, platform: NodeJS.Platform): string | undefined {
    const upgrade = missing.reason === 'old-version' ? ' --upgrade' : '';
    switch (missing.reason) {
        case 'not-installed':
        case 'no-server':
        case 'old-version':
            if (missing.origin !== 'path' && missing.asked) {
                return `${program(missing.asked, platform)} -m pip install${upgrade} "${PACKAGE}"`;
            }
            return `pipx install${upgrade && ' --force'} "${PACKAGE}"`;
        case 'no-interpreter':
            return `pipx install "${PACKAGE}"`;
        default:
            return undefined;
    }
}

/** A program as the first word of a command: bash and PowerShell, VS Code's shells by default. */
function program(path: string, platform: NodeJS.Platform): string {
    if (platform === 'win32') {
        return /^[\w:\\/.-]+$/.test(path) ? path : `& '${path.replaceAll("'", "''")}'`;
    }
    return /^[\w/.+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function capital(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}
