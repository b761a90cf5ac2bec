import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Missing, Reason } from '../src/plain/find';
import { installCommand, whyMissing } from '../src/plain/messages';

const ASKED: Missing = { reason: 'not-installed', asked: '/opt/python/bin/python', origin: 'python-extension' };
const REASONS: Reason[] = [
    'no-interpreter', 'not-absolute', 'not-trusted', 'does-not-run', 'old-python', 'not-installed', 'old-version', 'no-server',
];

test('each reason is one sentence that names who was asked', () => {
    const sentences = REASONS.map((reason) => whyMissing({ ...ASKED, reason, detail: '0.1' }));
    assert.equal(new Set(sentences).size, REASONS.length);
    for (const [index, sentence] of sentences.entries()) {
        assert.match(sentence, /^[A-Zc].*\.$/);
        assert.ok(!sentence.includes('undefined'), sentence);
        if (REASONS[index] !== 'no-interpreter') {
            assert.ok(sentence.includes('/opt/python/bin/python'), sentence);
        }
    }
});

test('the command installs the server into the interpreter that was asked', () => {
    assert.equal(installCommand(ASKED, 'linux'), '/opt/python/bin/python -m pip install "composelint[server]"');
    assert.equal(
        installCommand({ ...ASKED, reason: 'old-version' }, 'linux'),
        '/opt/python/bin/python -m pip install --upgrade "composelint[server]"',
    );
    assert.equal(installCommand({ reason: 'no-interpreter' }, 'linux'), 'pipx install "composelint[server]"');
    assert.equal(
        installCommand({ reason: 'old-version', origin: 'path', asked: '/usr/bin/composelint' }, 'linux'),
        'pipx install --force "composelint[server]"',
    );
});

test('a path with blanks or signs is one word of the command', () => {
    assert.equal(
        installCommand({ ...ASKED, asked: "/home/ada's tools/python" }, 'linux'),
        `'/home/ada'\\''s tools/python' -m pip install "composelint[server]"`,
    );
    assert.equal(
        installCommand({ ...ASKED, asked: 'C:\\Program Files\\python.exe' }, 'win32'),
        `& 'C:\\Program Files\\python.exe' -m pip install "composelint[server]"`,
    );
});

test('where installing does not help there is no command', () => {
    for (const reason of ['not-absolute', 'not-trusted', 'does-not-run', 'old-python'] as const) {
        assert.equal(installCommand({ ...ASKED, reason }, 'linux'), undefined);
    }
});
