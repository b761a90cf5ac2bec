// Compiles Python modules with the Python of Pyodide and packs them for the page:
//     node archive.mjs PYODIDE STAGE TARGET
// STAGE/library has the standard library, STAGE/packages what linting needs. TARGET gets library.zip, which
// Python starts from, and packages.bin: what worker.ts writes into Python's file system, compressed.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [pyodide, stage, target] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: pyodide });
python.FS.mkdirTree("/stage");
python.FS.mount(python.FS.filesystems.NODEFS, { root: stage }, "/stage");
python.runPython(`
import compileall, os, py_compile, zipfile

def compiled(path, name, optimize):
    """The code of a module, which is not checked against its source."""
    target = "/tmp/module.pyc"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(path, target, name, doraise=True, optimize=optimize, invalidation_mode=mode)
    with open(target, "rb") as file:
        return file.read()

def files_below(folder):
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            yield path, os.path.relpath(path, folder)

with zipfile.ZipFile("/stage/library.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for path, inner in files_below("/stage/library"):
        # Docstrings of the library are not read by anybody here; Pyodide's own are, by itself.
        optimize = 0 if inner.startswith(("_pyodide", "pyodide")) else 2
        data, name = open(path, "rb").read(), inner
        if inner.endswith(".py"):
            data, name = compiled(path, inner, optimize), inner + "c"
        archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)

for path, inner in files_below("/stage/packages"):
    if inner.endswith(".py"):
        folder, name = os.path.split(path)
        os.makedirs(f"{folder}/__pycache__", exist_ok=True)
        data = compiled(path, inner, 0)
        with open(f"{folder}/__pycache__/{name[:-3]}.cpython-314.pyc", "wb") as file:
            file.write(data)
        # What is listed is there; what runs is the compiled module.
        open(path, "wb").close()
`);
writeFileSync(join(target, "library.zip"), readFileSync(join(stage, "library.zip")));

const index = [];
const contents = [];
function add(folder, inner) {
    for (const name of readdirSync(folder).sort()) {
        const path = join(folder, name);
        const shown = inner ? `${inner}/${name}` : name;
        if (statSync(path).isDirectory()) {
            add(path, shown);
            continue;
        }
        const data = readFileSync(path);
        index.push([shown, data.length]);
        contents.push(data);
    }
}
add(join(stage, "packages"), "");
const head = Buffer.from(JSON.stringify(index));
const size = Buffer.alloc(4);
size.writeUInt32LE(head.length);
const packed = gzipSync(Buffer.concat([size, head, ...contents]), { level: 9 });
writeFileSync(join(target, "packages.bin"), packed);
console.log(createHash("sha256").update(packed).digest("hex").slice(0, 12));
