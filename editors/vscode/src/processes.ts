/** Programs that are run, without a shell. */

import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';

import type { Answer } from './plain/find';

const LONGEST = 60_000; // ms
const MOST = 64 * 1024 * 1024; // bytes of output

/** What a program prints and how it ends; one that does not start ends with null. */
export function run(command: string, args: readonly string[], folder: string, longest = LONGEST): Promise<Answer> {
    return new Promise((resolve) => {
        execFile(
            command,
            [...args],
            // UTF-8 also where the system has another encoding, as on Windows.
            { cwd: folder, timeout: longest, maxBuffer: MOST, windowsHide: true, env: { ...process.env, PYTHONUTF8: '1' } },
            (error, stdout, stderr) => {
                const code = error ? (typeof error.code === 'number' ? error.code : null) : 0;
                resolve({ code, stdout, stderr: code === null ? `${stderr}\n${error?.message ?? ''}` : stderr });
            },
        ).stdin?.end();
    });
}

/** Whether there is a file (or a link to one). */
export async function isFile(path: string): Promise<boolean> {
    try {
        return (await stat(path)).isFile();
    } catch {
        return false;
    }
}
