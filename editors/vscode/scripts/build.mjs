/** Bundles the extension, or with --tests its tests, into dist/. */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const isTest = process.argv.includes('--tests');
const shared = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning' };

if (isTest) {
    rmSync('dist/test', { recursive: true, force: true });
    const tests = readdirSync('test').filter((name) => name.endsWith('.test.ts'));
    await build({
        ...shared,
        entryPoints: tests.map((name) => join('test', name)),
        outdir: 'dist/test',
        outExtension: { '.js': '.cjs' },
        sourcemap: 'inline',
    });
} else {
    await build({
        ...shared,
        entryPoints: ['src/extension.ts'],
        outfile: 'dist/extension.js',
        external: ['vscode'],
        minify: true,
    });
}
