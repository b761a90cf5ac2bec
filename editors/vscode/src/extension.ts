/** What VS Code calls: switches everything on when a file of ours is there. */

import * as vscode from 'vscode';

import { registerCommands } from './commands';
import { Pages } from './pages';
import { ACTIVATION } from './plain/files';
import type { Missing } from './plain/find';
import { installCommand, whyMissing } from './plain/messages';
import { entryOf, type Counts } from './plain/status';
import { hasPythonExtension, onOtherInterpreter } from './python';
import { SELECTOR, Server } from './server';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const log = vscode.window.createOutputChannel('composelint', { log: true });
    const running = new Server(context.extensionUri, log);
    server = running;
    const pages = new Pages();
    context.subscriptions.push(log, running, pages, registerCommands(running, pages), statusBar(running));

    let told = '';
    context.subscriptions.push(
        running.onDidChangeState((state) => {
            const message = state.kind === 'missing' ? whyMissing(state.missing) : state.kind === 'failed' ? state.message : '';
            // Once for each reason: another interpreter may be selected several times in a row.
            if (message && message !== told) {
                void (state.kind === 'missing' ? explain(state.missing) : offerLog(message));
            }
            told = state.kind === 'starting' || state.kind === 'off' ? told : message;
        }),
    );

    let isOn = false;
    const switchOn = (): void => {
        if (!isOn) {
            isOn = true;
            void running.restart();
        }
    };
    const restart = (): void => {
        if (isOn) {
            void running.restart();
        }
    };
    context.subscriptions.push(
        vscode.workspace.onDidOpenTextDocument((document) => isOurs(document) && switchOn()),
        vscode.workspace.onDidGrantWorkspaceTrust(restart),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration('composelint.enable') || event.affectsConfiguration('composelint.interpreter')) {
                restart();
            }
        }),
    );
    if (vscode.workspace.textDocuments.some(isOurs) || (await hasFiles())) {
        switchOn();
    }
    try {
        const listening = await onOtherInterpreter(restart);
        if (listening) {
            context.subscriptions.push(listening);
        }
    } catch (error) {
        log.warn(`The Python extension does not answer: ${error}`);
    }
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}

function isOurs(document: vscode.TextDocument): boolean {
    return vscode.languages.match(SELECTOR, document) > 0;
}

async function hasFiles(): Promise<boolean> {
    const found = await vscode.workspace.findFiles(`{${ACTIVATION.join(',')}}`, undefined, 1);
    return found.length > 0;
}

function statusBar(running: Server): vscode.Disposable {
    const item = vscode.window.createStatusBarItem('composelint.status', vscode.StatusBarAlignment.Right, 50);
    item.name = 'composelint';
    item.command = 'composelint.showMenu';
    const update = (): void => {
        const entry = entryOf(running.state, counts());
        item.text = entry.text;
        item.tooltip = entry.tooltip;
        item.backgroundColor =
            entry.level === 'normal' ? undefined : new vscode.ThemeColor(`statusBarItem.${entry.level}Background`);
        item.show();
    };
    let waiting: NodeJS.Timeout | undefined;
    const soon = (): void => {
        waiting ??= setTimeout(() => {
            waiting = undefined;
            update();
        }, 200);
    };
    return vscode.Disposable.from(
        item,
        running.onDidChangeState(update),
        vscode.languages.onDidChangeDiagnostics(soon),
        { dispose: () => clearTimeout(waiting) },
    );
}

function counts(): Counts {
    const counts: Counts = { errors: 0, warnings: 0, infos: 0 };
    for (const [, items] of vscode.languages.getDiagnostics()) {
        for (const item of items) {
            if (item.source === 'composelint') {
                const { Error, Warning } = vscode.DiagnosticSeverity;
                counts[item.severity === Error ? 'errors' : item.severity === Warning ? 'warnings' : 'infos'] += 1;
            }
        }
    }
    return counts;
}

const INSTALL = 'Install…';
const COPY = 'Copy the command';
const SELECT = 'Select an interpreter';
const SETTINGS = 'Open the settings';
const TRUST = 'Manage trust';
const LOG = 'Show the log';

/** Say why there is no composelint, and offer what helps. */
async function explain(missing: Missing): Promise<void> {
    const command = installCommand(missing, process.platform);
    const message = whyMissing(missing) + (command ? ` Install it: ${command}` : '');
    const actions = [
        ...(missing.reason === 'not-trusted' ? [TRUST] : []),
        ...(command ? (vscode.workspace.isTrusted ? [INSTALL, COPY] : [COPY]) : []),
        hasPythonExtension() && missing.origin !== 'setting' ? SELECT : SETTINGS,
    ];
    switch (await vscode.window.showWarningMessage(message, ...actions)) {
        case INSTALL: {
            // It is the user who presses Enter.
            const terminal = vscode.window.createTerminal('Install composelint');
            terminal.show();
            terminal.sendText(command ?? '', false);
            return;
        }
        case COPY:
            return vscode.env.clipboard.writeText(command ?? '');
        case SELECT:
            return vscode.commands.executeCommand('python.setInterpreter');
        case SETTINGS:
            return vscode.commands.executeCommand('workbench.action.openSettings', 'composelint.interpreter');
        case TRUST:
            return vscode.commands.executeCommand('workbench.trust.manage');
    }
}

async function offerLog(message: string): Promise<void> {
    if ((await vscode.window.showErrorMessage(`composelint: ${message}`, LOG)) === LOG) {
        server?.log.show();
    }
}
