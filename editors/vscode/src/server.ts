/** The server: found, started, told of settings, stopped. */

import * as vscode from 'vscode';
import {
    CloseAction,
    DidChangeConfigurationNotification,
    ErrorAction,
    LanguageClient,
    RevealOutputChannelOn,
    State as ClientState,
    type LanguageClientOptions,
} from 'vscode-languageclient/node';

import { Crashes } from './plain/crashes';
import { LANGUAGES, PATTERNS, UNSAVED } from './plain/files';
import { find, type Answer, type Found, type Launch } from './plain/find';
import { whyMissing } from './plain/messages';
import { settingsOf, type ServerSettings } from './plain/settings';
import type { State } from './plain/status';
import { isFile, run } from './processes';
import { selectedInterpreter } from './python';

const SECTION = 'composelint';

/** The command of the server behind its action "Show the rule"; the client registers it. */
const SERVER_SHOWS_RULE = 'composelint.showRule';

/** What the server is told about while it is open. */
export const SELECTOR = [
    ...LANGUAGES.map((language) => ({ scheme: 'file', language })),
    ...PATTERNS.map((pattern) => ({ scheme: 'file', pattern })),
    ...UNSAVED.map((language) => ({ scheme: 'untitled', language })),
];

/** What code lenses may call: `commands.ts` has them. */
const LENS_COMMANDS = ['composelint.showFindings', 'composelint.showBudget'];

/** The settings that hold for a place. */
export function settingsFor(scope?: vscode.ConfigurationScope) {
    const configuration = vscode.workspace.getConfiguration(SECTION, scope);
    return settingsOf((key) => configuration.get(key), vscode.workspace.isTrusted);
}

export class Server implements vscode.Disposable {
    private client: LanguageClient | undefined;
    private launch: Launch | undefined;
    private crashes = new Crashes();
    private last: Promise<void> = Promise.resolve();
    private readonly changed = new vscode.EventEmitter<State>();
    readonly onDidChangeState = this.changed.event;
    state: State = { kind: 'off' };

    constructor(
        private readonly home: vscode.Uri,
        readonly log: vscode.LogOutputChannel,
    ) {}

    /** Start the server, or start it anew; calls are carried out one after the other. */
    restart(): Promise<void> {
        this.last = this.last.then(async () => {
            await this.end();
            await this.begin();
        });
        return this.last;
    }

    /** Stop the server. */
    stop(): Promise<void> {
        this.last = this.last.then(() => this.end());
        return this.last;
    }

    /** What composelint prints when it is called with these arguments in a folder. */
    async call(args: readonly string[], folder: vscode.Uri): Promise<Answer> {
        const launch = this.launch ?? (await this.look());
        if (!launch) {
            throw new Error(this.state.kind === 'missing' ? whyMissing(this.state.missing) : 'composelint is not running.');
        }
        this.log.debug(`composelint ${args.join(' ')}`);
        // -P and the absolute path of the program: nothing of the folder is run.
        return run(launch.command, [...launch.prefix, ...args], folder.fsPath);
    }

    private async find(): Promise<Found> {
        const folders = vscode.workspace.workspaceFolders ?? [];
        const { interpreter } = settingsFor(folders[0]?.uri);
        let selected: string | undefined;
        try {
            selected = await selectedInterpreter(folders[0]?.uri);
        } catch (error) {
            this.log.warn(`The Python extension names no interpreter: ${error}`);
        }
        return find(
            { setting: interpreter, fromPythonExtension: selected },
            {
                machine: { platform: process.platform, home: this.userHome(), environment: process.env },
                folders: folders.map((folder) => folder.uri.fsPath),
                isTrusted: vscode.workspace.isTrusted,
                isFile,
                run: (command, args) => run(command, args, this.home.fsPath, 20_000),
            },
        );
    }

    private userHome(): string {
        return process.env.HOME ?? process.env.USERPROFILE ?? '';
    }

    private async look(): Promise<Launch | undefined> {
        const found = await this.find();
        if ('missing' in found) {
            this.log.warn(whyMissing(found.missing));
            this.tell({ kind: 'missing', missing: found.missing });
            return undefined;
        }
        return found.launch;
    }

    private async begin(): Promise<void> {
        if (!settingsFor().enable) {
            this.tell({ kind: 'off' });
            return;
        }
        this.tell({ kind: 'starting' });
        const launch = await this.look();
        if (!launch) {
            return;
        }
        this.launch = launch;
        this.log.info(`composelint ${launch.version}: ${[launch.command, ...launch.prefix].join(' ')} server`);
        const client = new LanguageClient(
            SECTION,
            'composelint',
            // Not in the workspace: no program and no module there is taken for another one.
            { command: launch.command, args: [...launch.prefix, 'server'], options: { cwd: this.home.fsPath } },
            this.options(),
        );
        client.onDidChangeState(({ newState }) => {
            if (client === this.client && newState === ClientState.Running) {
                this.tell({ kind: 'running', launch });
            }
        });
        this.client = client;
        try {
            await client.start();
        } catch (error) {
            this.client = undefined;
            this.fail(`The server does not start: ${error instanceof Error ? error.message : error}`);
        }
    }

    private async end(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        this.launch = undefined;
        this.crashes = new Crashes();
        if (client) {
            try {
                await client.dispose(5000);
            } catch (error) {
                this.log.warn(`The server did not stop as asked: ${error}`);
            }
        }
        this.tell({ kind: 'off' });
    }

    private options(): LanguageClientOptions {
        return {
            documentSelector: SELECTOR,
            outputChannel: this.log,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            diagnosticCollectionName: SECTION,
            initializationOptions: () => ({ settings: this.serverSettings(), commands: LENS_COMMANDS }),
            initializationFailedHandler: () => false,
            synchronize: { configurationSection: SECTION },
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => {
                    if (this.crashes.note(Date.now())) {
                        return { action: CloseAction.Restart, handled: true };
                    }
                    this.fail('The server ended several times in a row and is not started again.');
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
            middleware: {
                // The page is shown here; other editors open it in a browser.
                executeCommand: (command, args, next) =>
                    command === SERVER_SHOWS_RULE
                        ? vscode.commands.executeCommand('composelint.openRule', args[0])
                        : next(command, args),
                workspace: {
                    // What the server asks for and is sent is checked here: trust is never that of a file alone.
                    configuration: (params) =>
                        params.items.map((item) =>
                            item.section === SECTION
                                ? this.serverSettings(item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined)
                                : null,
                        ),
                    didChangeConfiguration: async () => {
                        await this.client?.sendNotification(DidChangeConfigurationNotification.type, {
                            settings: { [SECTION]: this.serverSettings() },
                        });
                    },
                },
            },
        };
    }

    private serverSettings(scope?: vscode.Uri): ServerSettings {
        return settingsFor(scope ?? vscode.workspace.workspaceFolders?.[0]?.uri).server;
    }

    private fail(message: string): void {
        this.log.error(message);
        this.tell({ kind: 'failed', message: `${message} The log says more.` });
    }

    private tell(state: State): void {
        this.state = state;
        this.changed.fire(state);
    }

    dispose(): void {
        this.changed.dispose();
    }
}
