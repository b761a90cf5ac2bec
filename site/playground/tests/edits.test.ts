/** Line edits from Python come out as the text that they were made of. */

import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Text } from "@codemirror/state";
import { changesOf, offset } from "../src/editor";
import type { LineEdit } from "../src/protocol";

const CASES: [string, LineEdit[], string][] = [
    ["a\nb\nc\n", [[1, 2, []]], "a\nc\n"],
    ["a\nb\nc\n", [[1, 1, ["x", "y"]]], "a\nx\ny\nb\nc\n"],
    ["a\nb\nc", [[2, 3, ["d"]]], "a\nb\nd"],
    ["a\nb\nc", [[3, 3, ["d", ""]]], "a\nb\nc\nd\n"],
    ["a\nb\nc", [[1, 3, []]], "a"],
    ["a\n", [[1, 2, ["b", ""]]], "a\nb\n"],
    ["a\nb\nc\n", [[0, 1, ["x"]], [2, 3, ["z"]]], "x\nb\nz\n"],
    ["", [[0, 1, ["a", ""]]], "a\n"],
];

for (const [before, edits, after] of CASES) {
    test(JSON.stringify([before, edits]), () => {
        let text = before;
        for (const { from, to, insert } of changesOf(Text.of(before.split("\n")), edits).reverse()) {
            text = text.slice(0, from) + insert + text.slice(to);
        }
        equal(text, after);
    });
}

test("places behind the end are at the end", () => {
    const doc = Text.of(["ab", "c"]);
    equal(offset(doc, [1, 1]), 1);
    equal(offset(doc, [1, 9]), 2);
    equal(offset(doc, [9, 0]), 4);
});
