/** Files and folders that are dropped on the page. */

import type { Files } from "./protocol";
import { MOST_FILES, pathProblem } from "./share";

const MOST_BYTES = 512 * 1024;
const MOST_TOGETHER = 1_500_000;
const NOT_SEARCHED = new Set([".git", "node_modules", ".venv", "venv", "__pycache__", "vendor", ".idea", ".terraform"]);

export interface Dropped {
    files: Files;
    /** How many were left out, because they are too many, too large or no texts. */
    left: number;
}

async function* below(entry: FileSystemEntry, prefix: string): AsyncGenerator<[string, File]> {
    const path = prefix + entry.name;
    if (entry.isFile) {
        const file = await new Promise<File>((resolve, reject) => {
            (entry as FileSystemFileEntry).file(resolve, reject);
        });
        yield [path, file];
    } else if (!NOT_SEARCHED.has(entry.name)) {
        const reader = (entry as FileSystemDirectoryEntry).createReader();
        for (;;) {
            // A folder is read in parts.
            const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
                reader.readEntries(resolve, reject);
            });
            if (entries.length === 0) return;
            for (const inner of entries) yield* below(inner, `${path}/`);
        }
    }
}

/** What was dropped; a folder that is dropped alone is the project's folder. */
export async function dropped(transfer: DataTransfer): Promise<Dropped> {
    const entries = Array.from(transfer.items, (each) => each.webkitGetAsEntry()).filter((each) => each !== null);
    const top = entries.length === 1 && entries[0]?.isDirectory ? `${entries[0].name}/` : "";
    const files: Files = {};
    let left = 0;
    let together = 0;
    let seen = 0;
    for (const entry of entries) {
        for await (const [path, file] of below(entry, "")) {
            if (++seen > 5000) return { files, left: left + 1 };
            const inner = path.slice(top.length);
            const isFull = Object.keys(files).length >= MOST_FILES || together + file.size > MOST_TOGETHER;
            if (isFull || file.size > MOST_BYTES || pathProblem(inner) !== "") {
                left += 1;
                continue;
            }
            const text = await file.text();
            if (text.includes("\0") || text.includes("\ufffd")) {
                left += 1;
                continue;
            }
            files[inner] = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
            together += file.size;
        }
    }
    return { files, left };
}
