/** The commands of the palette. */

import * as vscode from 'vscode';

import type { Pages } from './pages';
import { lastLine } from './plain/find';
import { codesAt, isRuleName, rulesIn, withAbsoluteLinks } from './plain/rules';
import { common } from './plain/settings';
import { budgetCall, configCall, nameOf, stacksIn, stacksWith, type Stack } from './plain/stacks';
import { SELECTOR, settingsFor, type Server } from './server';

/** Register every command. */
export function registerCommands(server: Server, pages: Pages): vscode.Disposable {
    const commands: Record<string, (...args: unknown[]) => Promise<unknown>> = {
        'composelint.lintWorkspace': () => lintWorkspace(server),
        'composelint.restart': () => server.restart(),
        'composelint.showStack': () => showStack(server, pages),
        'composelint.showBudget': () => showBudget(server, pages),
        'composelint.showFindings': (file, place) => showFindings(file, place),
        'composelint.openRule': (rule) => showRule(server, pages, rule),
        'composelint.showLog': async () => server.log.show(),
        'composelint.showMenu': () => showMenu(),
    };
    return vscode.Disposable.from(
        ...Object.entries(commands).map(([name, command]) =>
            vscode.commands.registerCommand(name, async (...args: unknown[]) => {
                try {
                    await command(...args);
                } catch (error) {
                    const message = error instanceof Error ? error.message : String(error);
                    server.log.error(`${name}: ${message}`);
                    void vscode.window.showErrorMessage(`composelint: ${message}`);
                }
            }),
        ),
    );
}

/** What composelint prints; an error with its last line where it fails. */
async function output(server: Server, args: readonly string[], folder: vscode.Uri): Promise<string> {
    const answer = await server.call(args, folder);
    // 1 says that there are findings, or that a stack does not fit.
    if (answer.code !== 0 && answer.code !== 1) {
        throw new Error(lastLine(answer.stderr) || `composelint ended with ${answer.code}`);
    }
    return answer.stdout;
}

async function lintWorkspace(server: Server): Promise<void> {
    // A server that starts reads and lints everything.
    await server.restart();
    await vscode.commands.executeCommand('workbench.actions.view.problems');
}

/** The file that commands are about, if one of ours is shown. */
function activeFile(): vscode.Uri | undefined {
    const document = vscode.window.activeTextEditor?.document;
    return document && vscode.languages.match(SELECTOR, document) ? document.uri : undefined;
}

async function folderFor(file: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
    const folder = file && vscode.workspace.getWorkspaceFolder(file);
    if (folder) {
        return folder.uri;
    }
    if (file) {
        return vscode.Uri.joinPath(file, '..');
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    return (folders.length > 1 ? await vscode.window.showWorkspaceFolderPick() : folders[0])?.uri;
}

interface Chosen {
    stack: Stack;
    folder: vscode.Uri;
}

/** The stack of the file that is shown, or one that the user chooses. */
async function chooseStack(server: Server): Promise<Chosen | undefined> {
    const file = activeFile();
    const folder = await folderFor(file);
    if (!folder) {
        throw new Error('open a folder or a Compose file first.');
    }
    const { server: settings } = settingsFor(folder);
    const report = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'composelint: reading the stacks' },
        () => output(server, ['check', '--output-format=json', '--no-cache', '--exit-zero', ...common(settings)], folder),
    );
    const path = file?.path.startsWith(`${folder.path}/`) ? file.path.slice(folder.path.length + 1) : undefined;
    const stacks = stacksWith(stacksIn(report), path);
    if (!stacks.length) {
        throw new Error('no Compose file is in this folder.');
    }
    if (stacks.length === 1) {
        return { stack: stacks[0]!, folder };
    }
    const items = stacks.map((stack) => ({ label: nameOf(stack), stack }));
    const item = await vscode.window.showQuickPick(items, { placeHolder: 'Which stack?' });
    return item && { stack: item.stack, folder };
}

async function showStack(server: Server, pages: Pages): Promise<void> {
    const chosen = await chooseStack(server);
    if (chosen) {
        const { stack, folder } = chosen;
        const args = [...configCall(stack), ...common(settingsFor(folder).server)];
        await show(pages.add(`${nameOf(stack)} (resolved).yaml`, () => output(server, args, folder)));
    }
}

async function showBudget(server: Server, pages: Pages): Promise<void> {
    const chosen = await chooseStack(server);
    if (chosen) {
        const { stack, folder } = chosen;
        const args = [...budgetCall(stack), ...common(settingsFor(folder).server)];
        await show(pages.add(`${nameOf(stack)} (budget).txt`, () => output(server, args, folder)));
    }
}

/** Go to the first finding that a code lens counts, and show the list. */
async function showFindings(file: unknown, place: unknown): Promise<void> {
    const { line, character } = place as vscode.Position;
    const at = new vscode.Position(line, character);
    await vscode.window.showTextDocument(vscode.Uri.parse(String(file)), { selection: new vscode.Range(at, at) });
    await vscode.commands.executeCommand('workbench.actions.view.problems');
}

async function show(page: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(page);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
}

async function showRule(server: Server, pages: Pages, given: unknown): Promise<void> {
    const folder = (await folderFor(activeFile())) ?? vscode.Uri.file(process.cwd());
    const rule = isRuleName(given) ? given : await chooseRule(server, folder);
    if (rule) {
        const args = ['rule', '--output-format=markdown', ...common(settingsFor(folder).server), '--', rule];
        const page = pages.add(`${rule}.md`, async () => withAbsoluteLinks(await output(server, args, folder)));
        await vscode.workspace.openTextDocument(page); // asks for the text, so that an error is shown
        await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
    }
}

/** The rule of the finding at the cursor; one that the user chooses, if there are several or none. */
async function chooseRule(server: Server, folder: vscode.Uri): Promise<string | undefined> {
    const editor = vscode.window.activeTextEditor;
    const found = editor ? vscode.languages.getDiagnostics(editor.document.uri) : [];
    const codes = editor ? codesAt(found, editor.selection.active) : [];
    if (codes.length === 1) {
        return codes[0];
    }
    const { server: settings } = settingsFor(folder);
    const rules = rulesIn(await output(server, ['rules', '--output-format=json', ...common(settings)], folder));
    const items = rules
        .filter((rule) => !codes.length || codes.includes(rule.code))
        .map((rule) => ({ label: rule.code, description: rule.name, detail: rule.summary }));
    const options = { placeHolder: 'Which rule?', matchOnDescription: true, matchOnDetail: true };
    return (await vscode.window.showQuickPick(items, options))?.label;
}

async function showMenu(): Promise<void> {
    const items = [
        { label: '$(checklist) Lint the workspace', command: 'composelint.lintWorkspace' },
        { label: '$(layers) Show the resolved stack', command: 'composelint.showStack' },
        { label: '$(graph) Show the budget', command: 'composelint.showBudget' },
        { label: '$(book) Show a rule', command: 'composelint.openRule' },
        { label: '$(debug-restart) Restart the server', command: 'composelint.restart' },
        { label: '$(output) Show the log', command: 'composelint.showLog' },
        { label: '$(gear) Settings', command: 'workbench.action.openSettings', argument: '@ext:composelint.composelint' },
    ];
    const item = await vscode.window.showQuickPick(items, { placeHolder: 'composelint' });
    if (item) {
        await vscode.commands.executeCommand(item.command, ...(item.argument ? [item.argument] : []));
    }
}
