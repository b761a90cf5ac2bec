import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { PROBE } from '../src/plain/find';
import { isFile, run } from '../src/processes';

test('an interpreter answers the probe, and imports nothing of the working folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-'));
    try {
        for (const name of ['composelint', 'pygls', 'json']) {
            mkdirSync(join(folder, name));
            writeFileSync(join(folder, name, '__init__.py'), 'raise SystemExit("imported")\n');
        }
        const answer = await run('python3', ['-S', '-c', PROBE], folder);
        const facts = JSON.parse(answer.stdout) as { python: number[]; version: unknown; server: unknown };
        assert.equal(facts.python[0], 3);
        assert.equal(facts.version, null);
        assert.equal(facts.server, false);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test('a program that does not exist has no exit code, and says so', async () => {
    const answer = await run('/nowhere/python', [], tmpdir());
    assert.equal(answer.code, null);
    assert.match(answer.stderr, /ENOENT/);
});

test('a program that takes too long is stopped', async () => {
    const answer = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], tmpdir(), 300);
    assert.equal(answer.code, null);
});

test('a folder is not a file', async () => {
    assert.equal(await isFile(process.execPath), true);
    assert.equal(await isFile(tmpdir()), false);
    assert.equal(await isFile('/nowhere'), false);
});
