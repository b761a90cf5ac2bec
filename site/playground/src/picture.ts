/** Lays out graphs: a module worker, loaded when the picture is first opened. */

import { instance } from "@viz-js/viz";

const viz = instance();

addEventListener("message", (event: MessageEvent<{ id: number; dot: string }>) => {
    const { id, dot } = event.data;
    viz.then((graphviz) => {
        const result = graphviz.render(dot, { format: "svg", engine: "dot" });
        postMessage({
            id,
            svg: result.output ?? null,
            error: result.errors.map((each) => each.message).join("\n"),
        });
    }).catch((error: unknown) => {
        postMessage({ id, svg: null, error: String(error) });
    });
});
