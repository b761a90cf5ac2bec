import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Crashes } from '../src/plain/crashes';

test('a server that keeps ending is given up', () => {
    const crashes = new Crashes(2, 1000);
    assert.deepEqual([0, 10, 20].map((now) => crashes.note(now)), [true, true, false]);
});

test('what is long ago does not count', () => {
    const crashes = new Crashes(2, 1000);
    assert.deepEqual([0, 600, 1200, 1800, 2400].map((now) => crashes.note(now)), [true, true, true, true, true]);
});
