import assert from 'node:assert/strict';
import { test } from 'node:test';

import { find, type Answer, type Found, type World } from '../src/plain/find';

const PYTHON = '/opt/python/bin/python';
const PROGRAM = '/usr/bin/composelint';

/** An interpreter's answer to the probe. */
function interpreter(version: string | null, server = true, python = [3, 12, 1]): Answer {
    return { code: 0, stdout: `${JSON.stringify({ python, version, server })}\n`, stderr: '' };
}

/** The answer of a program to `--version`. */
function program(version: string): Answer {
    return { code: 0, stdout: `composelint ${version}\n`, stderr: '' };
}

/** A machine with some programs and their answers, which notes what is run. */
function world(programs: Record<string, Answer>, more: Partial<World> = {}): World & { ran: string[] } {
    const ran: string[] = [];
    return {
        ran,
        machine: { platform: 'linux', home: '/home/ada', environment: { PATH: '/work/shop/bin:/usr/bin:/usr/local/bin' } },
        folders: ['/work/shop'],
        isTrusted: true,
        isFile: async (path) => path in programs,
        run: async (command) => {
            ran.push(command);
            return programs[command]!;
        },
        ...more,
    };
}

function reason(found: Found): string {
    return 'missing' in found ? found.missing.reason : 'found';
}

test('the interpreter of the setting goes first, and no module of the working folder is imported', async () => {
    const machine = world({ [PYTHON]: interpreter('0.3.0'), [PROGRAM]: program('0.4.0') });
    const found = await find({ setting: PYTHON, fromPythonExtension: '/other/python' }, machine);
    assert.deepEqual(found, {
        launch: { command: PYTHON, prefix: ['-P', '-m', 'composelint'], origin: 'setting', version: '0.3.0' },
    });
    assert.deepEqual(machine.ran, [PYTHON]);
});

test('who names an interpreter in the settings gets no other one', async () => {
    const machine = world({ [PYTHON]: interpreter(null), [PROGRAM]: program('0.3.0') });
    const found = await find({ setting: PYTHON, fromPythonExtension: undefined }, machine);
    assert.deepEqual(found, { missing: { reason: 'not-installed', asked: PYTHON, origin: 'setting', detail: undefined } });
    assert.deepEqual(machine.ran, [PYTHON]);
});

test("then that of the Python extension, then what is on PATH", async () => {
    const named = { setting: ' ', fromPythonExtension: PYTHON };
    const both = await find(named, world({ [PYTHON]: interpreter('0.3.0'), [PROGRAM]: program('0.3.1') }));
    assert.equal('launch' in both && both.launch.origin, 'python-extension');
    const without = await find(named, world({ [PYTHON]: interpreter(null), [PROGRAM]: program('0.3.1') }));
    assert.deepEqual(without, { launch: { command: PROGRAM, prefix: [], origin: 'path', version: '0.3.1' } });
});

test('without any of them the reason is about the interpreter that was asked', async () => {
    assert.equal(reason(await find({ setting: '', fromPythonExtension: undefined }, world({}))), 'no-interpreter');
    const asked = await find({ setting: '', fromPythonExtension: PYTHON }, world({ [PYTHON]: interpreter(null) }));
    assert.equal(reason(asked), 'not-installed');
});

test('an interpreter with composelint and without its server is named, whatever PATH has', async () => {
    const machine = world({ [PYTHON]: interpreter('0.3.0', false), [PROGRAM]: program('0.1.0') });
    assert.equal(reason(await find({ setting: '', fromPythonExtension: PYTHON }, machine)), 'no-server');
});

for (const [what, answer, expected] of [
    ['a Python that is too old', interpreter('0.3.0', true, [3, 10, 12]), 'old-python'],
    ['a composelint without a server', interpreter('0.1.9'), 'old-version'],
    ['a composelint without the extra', interpreter('0.10.0', false), 'no-server'],
    ['a working tree without metadata', interpreter('unknown'), 'found'],
    ['a development version', interpreter('0.3.0.dev1'), 'found'],
    ['a program that is no interpreter', { code: 0, stdout: 'hello\n', stderr: '' }, 'does-not-run'],
    ['a program that fails', { code: 127, stdout: '', stderr: 'broken\n' }, 'does-not-run'],
    ['a program that is stopped', { code: null, stdout: '', stderr: '' }, 'does-not-run'],
    ['an interpreter that prints more', { ...interpreter('0.3.0'), stdout: `hello\n${interpreter('0.3.0').stdout}` }, 'found'],
] as const) {
    test(`${what}: ${expected}`, async () => {
        const found = await find({ setting: PYTHON, fromPythonExtension: undefined }, world({ [PYTHON]: answer as Answer }));
        assert.equal(reason(found), expected);
    });
}

test('a path that depends on the working folder is not run', async () => {
    const machine = world({ python: interpreter('0.3.0') });
    assert.equal(reason(await find({ setting: 'python', fromPythonExtension: undefined }, machine)), 'not-absolute');
    assert.deepEqual(machine.ran, []);
});

test('a file that is not there is named, not run', async () => {
    const machine = world({});
    assert.equal(reason(await find({ setting: PYTHON, fromPythonExtension: undefined }, machine)), 'does-not-run');
    assert.deepEqual(machine.ran, []);
});

test('nothing inside of a workspace is run before it is trusted', async () => {
    const inside = '/work/shop/.venv/bin/python';
    const programs = { [inside]: interpreter('0.3.0'), '/work/shop/bin/composelint': program('9.9.9') };
    const distrusted = world(programs, { isTrusted: false });
    for (const named of [
        { setting: inside, fromPythonExtension: undefined },
        { setting: '${workspaceFolder}/.venv/bin/python', fromPythonExtension: undefined },
        { setting: '', fromPythonExtension: inside },
    ]) {
        assert.equal(reason(await find(named, distrusted)), 'not-trusted');
    }
    assert.deepEqual(distrusted.ran, []);
    const trusted = await find({ setting: '', fromPythonExtension: inside }, world(programs));
    assert.equal('launch' in trusted && trusted.launch.command, inside);
});

test('the next folder of PATH is looked into where the first has none', async () => {
    const found = await find({ setting: '', fromPythonExtension: undefined }, world({ '/usr/local/bin/composelint': program('1.0') }));
    assert.equal('launch' in found && found.launch.command, '/usr/local/bin/composelint');
});

test('a composelint on PATH that is too old is named', async () => {
    const found = await find({ setting: '', fromPythonExtension: undefined }, world({ [PROGRAM]: program('0.1.0') }));
    assert.deepEqual(found, { missing: { reason: 'old-version', asked: PROGRAM, origin: 'path', detail: '0.1.0' } });
});
