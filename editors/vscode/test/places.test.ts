import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expanded, isAbsolute, isInside, onPath, type Machine } from '../src/plain/places';

const LINUX: Machine = { platform: 'linux', home: '/home/ada', environment: { PATH: '/usr/local/bin/:relative::/usr/bin', TOOLS: '/opt/tools' } };
const WINDOWS: Machine = { platform: 'win32', home: 'C:\\Users\\ada', environment: { Path: '"C:\\Program Files\\Python";.;C:\\bin\\' } };

test('variables of a path are filled in', () => {
    assert.equal(expanded(' ~/venv/bin/python ', LINUX, '/work'), '/home/ada/venv/bin/python');
    assert.equal(expanded('${userHome}/a', LINUX, '/work'), '/home/ada/a');
    assert.equal(expanded('${workspaceFolder}/.venv/bin/python', LINUX, '/work'), '/work/.venv/bin/python');
    assert.equal(expanded('${env:TOOLS}/python', LINUX, '/work'), '/opt/tools/python');
    assert.equal(expanded('~\\python.exe', WINDOWS, undefined), 'C:\\Users\\ada\\python.exe');
});

test('what cannot be filled in stays, and nothing is filled in twice', () => {
    assert.equal(expanded('${workspaceFolder}/python', LINUX, undefined), '${workspaceFolder}/python');
    assert.equal(expanded('/a~b/$HOME/${other}', LINUX, '/work'), '/a~b/$HOME/${other}');
    assert.equal(expanded('${env:MISSING}/python', LINUX, '/work'), '/python');
    const tricky = { ...LINUX, home: '/home/$&', environment: { A: '${userHome}' } };
    assert.equal(expanded('~/x', tricky, undefined), '/home/$&/x');
    assert.equal(expanded('${env:A}', tricky, undefined), '${userHome}');
});

test('absolute paths of both families', () => {
    for (const path of ['C:\\python.exe', 'd:/python.exe', '\\\\host\\share\\python.exe']) {
        assert.ok(isAbsolute(path, 'win32'), path);
    }
    for (const path of ['python', '\\python', 'C:python', './python', '']) {
        assert.ok(!isAbsolute(path, 'win32'), path);
    }
    assert.ok(isAbsolute('/usr/bin/python3', 'linux'));
    assert.ok(!isAbsolute('bin/python3', 'linux'));
});

test('a path is inside of a folder also by a detour', () => {
    assert.ok(isInside('/work/shop/.venv/bin/python', ['/other', '/work/shop/'], 'linux'));
    assert.ok(isInside('/work/else/../shop/python', ['/work/shop'], 'linux'));
    assert.ok(isInside('/work/shop', ['/work/shop'], 'linux'));
    assert.ok(isInside('/anything', ['/'], 'linux'));
    assert.ok(!isInside('/work/shop-tools/python', ['/work/shop'], 'linux'));
    assert.ok(!isInside('/work/shop/../python', ['/work/shop'], 'linux'));
    assert.ok(!isInside('/work/python', [], 'linux'));
});

test('case counts only on Linux', () => {
    assert.ok(isInside('c:/Work/Shop/python.exe', ['C:\\work\\shop'], 'win32'));
    assert.ok(isInside('/Work/Shop/python', ['/work/shop'], 'darwin'));
    assert.ok(!isInside('/Work/Shop/python', ['/work/shop'], 'linux'));
});

test('programs are looked for in the absolute folders of PATH alone', () => {
    assert.deepEqual(onPath('composelint', LINUX), ['/usr/local/bin/composelint', '/usr/bin/composelint']);
    assert.deepEqual(onPath('composelint', WINDOWS), ['C:\\Program Files\\Python\\composelint.exe', 'C:\\bin\\composelint.exe']);
    assert.deepEqual(onPath('composelint', { ...LINUX, environment: {} }), []);
});
