/** Read-only documents that show what composelint prints. */

import * as vscode from 'vscode';

export const SCHEME = 'composelint';

/** Gives the text of a page. */
export type Source = () => Promise<string>;

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    readonly onDidChange = this.changed.event;
    private readonly sources = new Map<string, Source>();
    private readonly subscriptions: vscode.Disposable[];

    constructor() {
        this.subscriptions = [
            this.changed,
            vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
            vscode.workspace.onDidSaveTextDocument(() => this.refresh()),
        ];
    }

    /** The address of a page with this title; its text is asked for when it is shown, and again on saving. */
    add(title: string, source: Source): vscode.Uri {
        const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}` });
        this.sources.set(uri.toString(), source);
        this.changed.fire(uri);
        return uri;
    }

    async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
        const source = this.sources.get(uri.toString());
        // A window that was opened again has the tab, and not what is behind it.
        return source ? source() : 'Close this tab and call the command again.\n';
    }

    private refresh(): void {
        for (const document of vscode.workspace.textDocuments) {
            if (document.uri.scheme === SCHEME && this.sources.has(document.uri.toString())) {
                this.changed.fire(document.uri);
            }
        }
    }

    dispose(): void {
        vscode.Disposable.from(...this.subscriptions).dispose();
    }
}
