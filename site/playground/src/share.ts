/** The state of the page as a part of its address, and back; it is checked like any foreign text. */

import type { Files } from "./protocol";

export interface State {
    files: Files;
    active: string;
    preset: string | null;
}

/** The longest fragment of an address that is made or read. */
export const LONGEST = 64_000;
export const MOST_FILES = 200;
export const MOST_CHARACTERS = 2_000_000;

const ODD = /[\u0000-\u001f\u007f\\]/;

/** Why a path cannot be that of a file; empty if it can. */
export function pathProblem(path: string): string {
    if (path === "") return "A name is missing.";
    if (path.length > 200) return "The name is too long.";
    if (ODD.test(path)) return "A name has no backslashes and no control characters.";
    if (path.startsWith("/") || path.endsWith("/")) return "A name begins and ends without a slash.";
    const parts = path.split("/");
    if (parts.some((part) => part === "" || part === "." || part === "..")) {
        return "Folders are separated by one slash, and “.” and “..” are not possible.";
    }
    if (parts.includes(".git")) return "Files of git are not linted.";
    return "";
}

/** Why files cannot be held together; empty if they can. */
export function filesProblem(files: Files): string {
    const paths = Object.keys(files);
    if (paths.length > MOST_FILES) return `At most ${MOST_FILES} files are possible.`;
    let characters = 0;
    for (const path of paths) {
        characters += path.length + (files[path] ?? "").length;
        for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
            const folder = path.slice(0, at);
            if (folder in files) return `“${folder}” cannot be a file and a folder.`;
        }
    }
    return characters > MOST_CHARACTERS ? "The files have more than 2 MB of text together." : "";
}

/** A state that came from outside; null if it is none. */
export function validState(value: unknown): State | null {
    if (typeof value !== "object" || value === null) return null;
    const { files, active, preset } = value as Partial<State>;
    if (typeof files !== "object" || files === null || Array.isArray(files)) return null;
    const kept: Files = Object.create(null) as Files;
    for (const [path, text] of Object.entries(files)) {
        if (typeof text !== "string" || pathProblem(path) !== "") return null;
        kept[path] = text;
    }
    const first = Object.keys(kept)[0];
    if (first === undefined || filesProblem(kept) !== "") return null;
    return {
        files: kept,
        active: typeof active === "string" && active in kept ? active : first,
        preset: typeof preset === "string" && /^[a-z]{1,20}$/.test(preset) ? preset : null,
    };
}

async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, most: number): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    const reader = stream.getReader();
    for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        size += value.length;
        if (size > most) {
            await reader.cancel();
            throw new RangeError("too much");
        }
        chunks.push(value);
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
        whole.set(chunk, at);
        at += chunk.length;
    }
    return whole;
}

function through(data: Uint8Array<ArrayBuffer>, change: CompressionStream | DecompressionStream) {
    return new Blob([data]).stream().pipeThrough(change);
}

/** The fragment of an address that holds a state, without “#”. */
export async function encoded(state: State): Promise<string> {
    const text = new TextEncoder().encode(JSON.stringify(state));
    const packed = await read(through(text, new CompressionStream("deflate-raw")), Infinity);
    let binary = "";
    for (let at = 0; at < packed.length; at += 8192) {
        binary += String.fromCharCode(...packed.subarray(at, at + 8192));
    }
    return `1.${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** The state that a fragment holds; null if it holds none. */
export async function decoded(fragment: string): Promise<State | null> {
    const match = /^#?1\.([\w-]+)$/.exec(fragment);
    if (match?.[1] === undefined || fragment.length > LONGEST) return null;
    try {
        const binary = atob(match[1].replaceAll("-", "+").replaceAll("_", "/"));
        const packed = Uint8Array.from(binary, (character) => character.charCodeAt(0));
        const stream = through(packed, new DecompressionStream("deflate-raw"));
        const text = await read(stream, 4 * MOST_CHARACTERS);
        return validState(JSON.parse(new TextDecoder().decode(text)));
    } catch {
        return null;
    }
}
