import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codeOf, codesAt, isRuleName, rulesIn, withAbsoluteLinks, type Coded } from '../src/plain/rules';

/** A finding in one line. */
function finding(code: Coded['code'], line: number, from: number, to: number, source = 'composelint'): Coded {
    return { code, source, range: { start: { line, character: from }, end: { line, character: to } } };
}

test('the code of a finding, with a link or without, and of ours only', () => {
    assert.equal(codeOf(finding('CF201', 0, 0, 1)), 'CF201');
    assert.equal(codeOf(finding({ value: 'SC2086' }, 0, 0, 1)), 'SC2086');
    assert.equal(codeOf(finding('CF201', 0, 0, 1, 'hadolint')), undefined);
    assert.equal(codeOf(finding('--help', 0, 0, 1)), undefined);
    assert.equal(codeOf(finding(201, 0, 0, 1)), undefined);
    assert.equal(codeOf(finding(undefined, 0, 0, 1)), undefined);
});

test('what stands at the cursor goes before what stands in its line', () => {
    const items = [finding('CF201', 3, 2, 5), finding('CF210', 3, 2, 5), finding('CF201', 3, 4, 8), finding('CF401', 3, 10, 12)];
    assert.deepEqual(codesAt(items, { line: 3, character: 4 }), ['CF201', 'CF210']);
    assert.deepEqual(codesAt(items, { line: 3, character: 11 }), ['CF401']);
    assert.deepEqual(codesAt(items, { line: 3, character: 20 }), ['CF201', 'CF210', 'CF401']);
    assert.deepEqual(codesAt(items, { line: 4, character: 4 }), []);
});

test('a finding of several lines is at each of them', () => {
    const item = { ...finding('DF201', 1, 5, 0), range: { start: { line: 1, character: 5 }, end: { line: 3, character: 2 } } };
    assert.deepEqual(codesAt([item], { line: 2, character: 0 }), ['DF201']);
    assert.deepEqual(codesAt([item], { line: 3, character: 3 }), []);
});

test('the list of rules', () => {
    const output = JSON.stringify([{ code: 'CF201', name: 'missing-memory-limit', summary: 'It has none.', presets: [] }, {}, null]);
    assert.deepEqual(rulesIn(output), [{ code: 'CF201', name: 'missing-memory-limit', summary: 'It has none.' }]);
    assert.throws(() => rulesIn('{}'));
});

test('only a name is given to the command line as a name', () => {
    assert.ok(isRuleName('CF201'));
    assert.ok(isRuleName('missing-memory-limit'));
    for (const text of ['--help', '', 'a b', '../x', undefined, 3]) {
        assert.ok(!isRuleName(text), String(text));
    }
});

test('links of a page lead to the published pages', () => {
    assert.equal(
        withAbsoluteLinks('[a](other-rule.md) [b](../security.md#trusts) [c](https://example.org/) [d](#here)'),
        '[a](https://github.com/composelint/composelint/blob/main/docs/rules/other-rule.md) ' +
            '[b](https://github.com/composelint/composelint/blob/main/docs/security.md#trusts) [c](https://example.org/) [d](#here)',
    );
});
