import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ACTIVATION } from '../src/plain/files';
import { common, options, PRESETS, settingsOf } from '../src/plain/settings';

const PACKAGE = JSON.parse(readFileSync('package.json', 'utf8'));
const PROPERTIES: Record<string, { default: unknown; enum?: unknown[]; scope?: string }> =
    PACKAGE.contributes.configuration.properties;

/** Settings that are read from these values. */
function settings(values: Record<string, unknown>, isTrusted = true) {
    return settingsOf((key) => values[key], isTrusted);
}

/** What holds if nobody sets anything. */
function defaults() {
    return settingsOf((key) => PROPERTIES[`composelint.${key}`]?.default, true);
}

test('by default the project decides everything', () => {
    assert.deepEqual(defaults(), settings({}));
    assert.deepEqual(defaults().server, {
        preset: null, select: null, extendSelect: [], ignore: [], config: null, trust: false,
    });
    assert.equal(defaults().enable, true);
    assert.deepEqual(options(defaults().server), []);
});

test('a workspace that is not trusted cannot trust itself', () => {
    assert.equal(settings({ trust: true }, true).server.trust, true);
    assert.equal(settings({ trust: true }, false).server.trust, false);
    assert.equal(settings({ trust: 'yes' }, true).server.trust, false);
});

test('what a workspace that is not trusted may not set is declared', () => {
    const restricted: string[] = PACKAGE.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const name of ['composelint.interpreter', 'composelint.trust', 'composelint.config']) {
        assert.ok(restricted.includes(name), name);
    }
    assert.ok(restricted.every((name) => name in PROPERTIES));
});

test('values of the wrong type count as not set', () => {
    const odd = settings({ enable: 'no', interpreter: 3, preset: [], select: 'CF2', ignore: [1, null, ' CF4 ', ''], config: {} });
    assert.deepEqual(odd, {
        enable: true,
        interpreter: '',
        server: { preset: null, select: null, extendSelect: [], ignore: ['CF4'], config: null, trust: false },
    });
});

test('the options of the command line say the same', () => {
    const { server } = settings({
        preset: 'production', select: ['CF2', 'DF'], extendSelect: ['CF9'], ignore: ['CF201'], config: 'a b.toml', trust: true,
    });
    assert.deepEqual(options(server), [
        '--preset=production', '--select=CF2,DF', '--extend-select=CF9', '--ignore=CF201', '--config=a b.toml', '--trust',
    ]);
    assert.deepEqual(common(server), ['--config=a b.toml', '--trust']);
});

test('the presets of the setting are those that the extension knows', () => {
    assert.deepEqual(PROPERTIES['composelint.preset']?.enum, [null, ...PRESETS]);
});

test('the extension is activated where it looks for files', () => {
    const patterns = (PACKAGE.activationEvents as string[])
        .filter((event) => event.startsWith('workspaceContains:'))
        .map((event) => event.slice('workspaceContains:'.length));
    assert.deepEqual(patterns, ACTIVATION);
});

test('every command has a title and is registered', () => {
    const source = readFileSync('src/commands.ts', 'utf8');
    for (const { command, title } of PACKAGE.contributes.commands as { command: string; title: string }[]) {
        assert.ok(title);
        assert.ok(source.includes(`'${command}': (`) || source.includes(`'${command}': async (`), command);
    }
});

test('no command has the name of one of the server, which the client registers itself', () => {
    const own = (PACKAGE.contributes.commands as { command: string }[]).map(({ command }) => command);
    const offered = readFileSync('../../linter/lsp/actions.py', 'utf8').match(/"composelint\.\w+"/g) ?? [];
    assert.ok(offered.length);
    assert.deepEqual(offered.filter((name) => own.includes(name.slice(1, -1))), []);
});

test('the problem matcher reads the format concise', () => {
    const { regexp } = PACKAGE.contributes.problemMatchers[0].pattern;
    const line = 'a folder/compose.yaml:3:16: warning: CF401 image "redis" has no tag: see';
    assert.deepEqual(new RegExp(regexp).exec(line)?.slice(1), [
        'a folder/compose.yaml', '3', '16', 'warning', 'CF401', 'image "redis" has no tag: see',
    ]);
    assert.equal(new RegExp(regexp).exec('Found 3 warnings: see above'), null);
});
