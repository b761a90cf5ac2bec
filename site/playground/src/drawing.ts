/** The picture of the stack: laid out in a worker, and made inert before it is shown. */

const ELEMENTS = new Set(["svg", "g", "a", "path", "polygon", "polyline", "ellipse", "circle", "rect", "line", "text", "tspan", "title", "desc", "defs", "linearGradient", "stop"]);
const ATTRIBUTES = new Set(["width", "height", "viewBox", "transform", "id", "class", "role", "aria-labelledby", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "points", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "rx", "ry", "r", "text-anchor", "font-family", "font-size", "font-weight", "font-style", "offset", "stop-color", "opacity", "textLength", "lengthAdjust", "text-decoration"]);
const NAMESPACE = "http://www.w3.org/2000/svg";

let worker: Worker | null = null;
let count = 0;

/** The graph as SVG. */
export function laidOut(dot: string): Promise<string> {
    worker ??= new Worker(new URL("./picture.js", import.meta.url), { type: "module" });
    const asked = worker;
    const id = ++count;
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
            asked.terminate();
            worker = null;
            reject(new Error("the picture takes too long"));
        }, 20_000);
        asked.addEventListener("message", function hear(event: MessageEvent<{ id: number; svg: string | null; error: string }>) {
            if (event.data.id !== id) return;
            clearTimeout(timer);
            asked.removeEventListener("message", hear);
            if (event.data.svg === null) reject(new Error(event.data.error));
            else resolve(event.data.svg);
        });
        asked.postMessage({ id, dot });
    });
}

/** An SVG as elements of the page: only shapes, texts and links to findings are kept. */
export function inert(svg: string): SVGElement | null {
    const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    return copy(root) as SVGElement | null;
}

function copy(node: Element): Element | null {
    const name = node.localName;
    if (node.namespaceURI !== NAMESPACE || !ELEMENTS.has(name)) return null;
    const made = document.createElementNS(NAMESPACE, name);
    for (const { name: key, value } of Array.from(node.attributes)) {
        const isLink = name === "a" && key === "href" && /^#finding-\d+$/.test(value);
        if (isLink || (ATTRIBUTES.has(key) && !value.includes("url("))) made.setAttribute(key, value);
    }
    for (const child of Array.from(node.childNodes)) {
        if (child.nodeType === Node.TEXT_NODE) made.append(child.textContent ?? "");
        else if (child.nodeType === Node.ELEMENT_NODE) {
            const inner = copy(child as Element);
            if (inner !== null) made.append(inner);
        }
    }
    return made;
}
