import assert from 'node:assert/strict';
import { test } from 'node:test';

import { budgetCall, configCall, nameOf, stacksIn, stacksWith } from '../src/plain/stacks';

const BASE = { files: ['compose.yaml', 'compose.override.yaml'] };
const OTHER = { files: ['tools/compose.yaml'] };

test('the stacks of a report, without files that are only parts of one', () => {
    const report = JSON.stringify({
        stacks: [{ ...BASE, why: '', fragment: false }, { files: ['part.yaml'], fragment: true }, OTHER, { files: [] }, null],
    });
    assert.deepEqual(stacksIn(report), [BASE, OTHER]);
    assert.throws(() => stacksIn('{}'));
    assert.throws(() => stacksIn('no JSON'));
});

test('a file leads to its stacks, any other file to all of them', () => {
    assert.deepEqual(stacksWith([BASE, OTHER], 'compose.override.yaml'), [BASE]);
    assert.deepEqual(stacksWith([BASE, OTHER], 'tools\\compose.yaml'), [OTHER]);
    assert.deepEqual(stacksWith([BASE, OTHER], 'Dockerfile'), [BASE, OTHER]);
    assert.deepEqual(stacksWith([BASE, OTHER], undefined), [BASE, OTHER]);
});

test('a stack is named by its files, in their order', () => {
    assert.equal(nameOf(BASE), 'compose.yaml + compose.override.yaml');
    assert.deepEqual(configCall(BASE), ['config', '--stack=compose.yaml:compose.override.yaml', '--origins']);
    assert.deepEqual(budgetCall(BASE), ['budget', '--stack=compose.yaml:compose.override.yaml', '--color=never']);
});
