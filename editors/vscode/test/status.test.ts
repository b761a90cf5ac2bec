import assert from 'node:assert/strict';
import { test } from 'node:test';

import { entryOf, total } from '../src/plain/status';

const LAUNCH = { command: '/opt/python', prefix: ['-P', '-m', 'composelint'], origin: 'setting', version: '0.3.0' } as const;
const NONE = { errors: 0, warnings: 0, infos: 0 };

test('findings are counted in words', () => {
    assert.equal(total(NONE), 'no problems');
    assert.equal(total({ errors: 1, warnings: 2, infos: 0 }), '1 error, 2 warnings');
    assert.equal(total({ errors: 0, warnings: 0, infos: 1 }), '1 info');
});

test('a running server shows the worst that it found, its version and where it is', () => {
    const running = { kind: 'running', launch: LAUNCH } as const;
    assert.match(entryOf(running, NONE).text, /\(check\)/);
    assert.match(entryOf(running, { ...NONE, warnings: 1 }).text, /\(warning\)/);
    const entry = entryOf(running, { errors: 1, warnings: 1, infos: 1 });
    assert.match(entry.text, /\(error\)/);
    assert.match(entry.tooltip, /composelint 0\.3\.0: 1 error, 1 warning, 1 info\n\/opt\/python -P -m composelint/);
    assert.equal(entry.level, 'normal');
});

test('a missing composelint is a warning, a server that fails an error', () => {
    const missing = entryOf({ kind: 'missing', missing: { reason: 'no-interpreter' } }, NONE);
    assert.equal(missing.level, 'warning');
    assert.match(missing.tooltip, /not found/);
    const failed = entryOf({ kind: 'failed', message: 'It ended.' }, NONE);
    assert.deepEqual([failed.level, failed.tooltip], ['error', 'It ended.']);
});

test('before and without a server nothing is alarming', () => {
    assert.equal(entryOf({ kind: 'off' }, NONE).level, 'normal');
    assert.equal(entryOf({ kind: 'starting' }, NONE).level, 'normal');
});
