/** Runs composelint in Pyodide. A module worker: linting never stops the page. */

import { loadPyodide } from "./pyodide.mjs";
import type { FromWorker, Request } from "./protocol";

const base = new URL("./", import.meta.url).href;
const started = performance.now();

function tell(message: FromWorker): void {
    postMessage(message);
}

const NAMES: Record<string, string> = {
    "pyodide.asm.wasm": "Python",
    "library.zip": "Python's library",
    "packages.bin": "composelint",
};

// Pyodide fetches its files itself: what has come so far is counted on the way.
const plainFetch = self.fetch.bind(self);
const isCounted = new URLSearchParams(self.location.search).has("first");
self.fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const response = await plainFetch(input, init);
    const name = response.url.slice(response.url.lastIndexOf("/") + 1);
    const what = NAMES[name];
    if (!isCounted || what === undefined || response.body === null || !response.ok) {
        return response;
    }
    let unsaid = 0;
    const counted = response.body.pipeThrough(
        new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform(chunk, controller) {
                unsaid += chunk.length;
                if (unsaid > 200_000) {
                    tell({ kind: "progress", loaded: unsaid, what });
                    unsaid = 0;
                }
                controller.enqueue(chunk);
            },
            flush() {
                tell({ kind: "progress", loaded: unsaid, what });
            },
        }),
    );
    return new Response(counted, {
        headers: response.headers,
        status: response.status,
        statusText: response.statusText,
    });
};

/** The content of packages.bin: paths and sizes, then the files. */
async function unpacked(): Promise<[string, Uint8Array][]> {
    const response = await self.fetch(`${base}packages.bin`);
    if (!response.ok || response.body === null) {
        throw new Error(`packages.bin: ${response.status}`);
    }
    const stream = response.body.pipeThrough(new DecompressionStream("gzip"));
    const data = await new Response(stream).arrayBuffer();
    const size = new DataView(data).getUint32(0, true);
    const head = new TextDecoder().decode(new Uint8Array(data, 4, size));
    const index = JSON.parse(head) as [string, number][];
    let at = 4 + size;
    return index.map(([path, length]) => {
        const content = new Uint8Array(data, at, length);
        at += length;
        return [path, content];
    });
}

async function start(): Promise<(request: string) => string> {
    const packages = unpacked();
    packages.catch(() => undefined);
    const python = await loadPyodide({
        indexURL: base,
        stdLibURL: `${base}library.zip`,
        // No package is loaded by name, so there is no list of packages.
        lockFileContents: {
            info: {
                abi_version: "2026_0",
                arch: "wasm32",
                platform: "emscripten",
                version: "0",
                python: "3.14.2",
            },
            packages: {},
        } as never,
        packageBaseUrl: base,
        checkAPIVersion: false,
        env: { HOME: "/home/pyodide", CI: "true" },
        fsInit: async (FS, { sitePackages }) => {
            const folders = new Set<string>();
            for (const [path, content] of await packages) {
                const target = `${sitePackages}/${path}`;
                const folder = target.slice(0, target.lastIndexOf("/"));
                if (!folders.has(folder)) {
                    folders.add(folder);
                    FS.mkdirTree(folder);
                }
                FS.writeFile(target, content, { canOwn: true });
            }
            FS.mkdirTree("/project");
        },
    });
    python.runPython("import os; os.chdir('/project')\nfrom session import Session\nsession = Session()");
    return python.runPython("session.answer") as (request: string) => string;
}

const ready = start();
ready.then(
    () => {
        tell({ kind: "ready", milliseconds: performance.now() - started });
    },
    (error: unknown) => {
        tell({ kind: "failed", message: String(error) });
    },
);

addEventListener("message", (event: MessageEvent<{ id: number; request: Request }>) => {
    const { id, request } = event.data;
    ready.then(
        (answer) => {
            try {
                tell({ kind: "answer", id, answer: JSON.parse(answer(JSON.stringify(request))) });
            } catch (error) {
                tell({ kind: "error", id, message: String(error) });
            }
        },
        () => undefined,
    );
});
