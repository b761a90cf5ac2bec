/** The interpreter that is selected in the Python extension. */

import * as vscode from 'vscode';

const EXTENSION = 'ms-python.python';

/** What is used of the Python extension; its API is described by `@vscode/python-extension`. */
interface PythonApi {
    readonly ready?: Promise<void>;
    readonly environments: {
        getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
        resolveEnvironment(path: { readonly path: string }): Promise<
            { readonly executable: { readonly uri?: vscode.Uri } } | undefined
        >;
        readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
    };
}

async function api(): Promise<PythonApi | undefined> {
    const extension = vscode.extensions.getExtension<PythonApi>(EXTENSION);
    if (!extension) {
        return undefined;
    }
    const exported = extension.isActive ? extension.exports : await extension.activate();
    await exported?.ready;
    return exported?.environments ? exported : undefined;
}

/** Whether people can select an interpreter. */
export function hasPythonExtension(): boolean {
    return vscode.extensions.getExtension(EXTENSION) !== undefined;
}

/** The path of the selected interpreter; undefined without the extension, or if it has none. */
export async function selectedInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
    const python = await api();
    if (!python) {
        return undefined;
    }
    const environment = await python.environments.resolveEnvironment(
        python.environments.getActiveEnvironmentPath(folder),
    );
    return environment?.executable.uri?.fsPath;
}

/** Calls back whenever another interpreter is selected. */
export async function onOtherInterpreter(listener: () => void): Promise<vscode.Disposable | undefined> {
    return (await api())?.environments.onDidChangeActiveEnvironmentPath(listener);
}
