/** Links hold what was put into them, and nothing else gets in by them. */

import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { decoded, encoded, filesProblem, LONGEST, MOST_FILES, pathProblem, validState } from "../src/share";

const STATE = { files: { "compose.yaml": "services: {}\n", "a b/é😀.env": "<script>\u2028" }, active: "a b/é😀.env", preset: "production" };

test("a link holds the whole state", async () => {
    const fragment = await encoded(STATE);
    deepEqual({ ...(await decoded(`#${fragment}`)) }, { ...STATE, files: Object.assign(Object.create(null), STATE.files) });
    equal(/^1\.[\w-]+$/.test(fragment), true);
});

test("what is no link is refused", async () => {
    for (const fragment of ["", "#", "#1.", "#2.abcd", "#1.!", "#1.abcd", `#1.${"A".repeat(LONGEST)}`]) {
        equal(await decoded(fragment), null);
    }
    const cut = await encoded(STATE);
    equal(await decoded(cut.slice(0, -9)), null);
});

test("a link that unpacks to very much is refused", async () => {
    const bomb = await encoded({ ...STATE, files: { a: "x".repeat(9_000_000) } });
    equal(bomb.length < LONGEST, true);
    equal(await decoded(bomb), null);
});

test("names stay inside of the project", () => {
    for (const path of ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a\\b", "a\nb", ".git/config", "a/", "x".repeat(201)]) {
        notEqual(pathProblem(path), "", path);
        equal(validState({ files: { [path]: "" }, active: "", preset: null }), null);
    }
    for (const path of ["compose.yaml", "web/Dockerfile", "..env", ".dockerignore", "a b/é"]) equal(pathProblem(path), "");
});

test("a file is not a folder, and there are not too many", () => {
    notEqual(filesProblem({ a: "", "a/b": "" }), "");
    notEqual(filesProblem(Object.fromEntries(Array.from({ length: MOST_FILES + 1 }, (_, at) => [`${at}`, ""]))), "");
    notEqual(filesProblem({ a: "x".repeat(2_000_001) }), "");
    equal(filesProblem({ a: "", "b/c": "" }), "");
});

test("foreign values are no states", () => {
    for (const value of [null, 1, "x", [], {}, { files: [] }, { files: {} }, { files: { a: 1 } }]) equal(validState(value), null);
    deepEqual({ ...validState({ files: { a: "" }, active: "b", preset: "<b>" })?.files }, { a: "" });
    equal(validState({ files: { a: "" }, active: "b", preset: "<b>" })?.active, "a");
    equal(validState({ files: { a: "" }, active: "b", preset: "<b>" })?.preset, null);
});
