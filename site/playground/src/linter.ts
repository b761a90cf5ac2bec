/** Asks the worker that lints; ends it when it takes too long, and starts it again. */

import type { Answers, FromWorker, Request } from "./protocol";

/** The longest time for an answer, in milliseconds, unless the machine is slow. */
const LIMIT = 10_000;

export class TooLong extends Error {}

export interface Listener {
    progress(loaded: number, what: string): void;
    ready(milliseconds: number): void;
    failed(message: string): void;
}

interface Waiting {
    id: number;
    request: Request;
    done(answer: unknown): void;
    failed(error: Error): void;
}

export class Linter {
    private worker: Worker | null = null;
    private isReady = false;
    private count = 0;
    private timer = 0;
    private limit = LIMIT;
    private current: Waiting | null = null;
    private readonly queue: Waiting[] = [];

    constructor(private readonly listener: Listener) {
        this.start();
    }

    /** Start the worker, or start it again after it failed. */
    start(): void {
        this.worker?.terminate();
        this.isReady = false;
        const url = new URL("./worker.js", import.meta.url);
        if (!wasHere()) url.search = "first";
        const worker = new Worker(url, { type: "module" });
        this.worker = worker;
        worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
            this.hear(event.data);
        });
        worker.addEventListener("error", (event) => {
            event.preventDefault();
            this.listener.failed(event.message || "the worker could not be loaded");
        });
        if (this.current !== null) this.send(this.current);
    }

    /** The answer to a request; requests are answered one after the other. */
    ask<Name extends keyof Answers>(request: Request & { do: Name }): Promise<Answers[Name]> {
        return new Promise((resolve, reject) => {
            if (request.do === "check") {
                // Only the newest texts are of interest.
                for (const old of this.queue.splice(0)) old.failed(new Error("overtaken"));
            }
            this.queue.push({
                id: ++this.count,
                request,
                done: (answer) => {
                    resolve(answer as Answers[Name]);
                },
                failed: reject,
            });
            this.next();
        });
    }

    private next(): void {
        if (this.current !== null) return;
        this.current = this.queue.shift() ?? null;
        if (this.current !== null) this.send(this.current);
    }

    private send(waiting: Waiting): void {
        this.worker?.postMessage({ id: waiting.id, request: waiting.request });
        if (this.isReady) this.watch();
    }

    private watch(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            const late = this.current;
            this.current = null;
            this.start();
            late?.failed(new TooLong(`more than ${Math.round(this.limit / 1000)} seconds`));
            this.next();
        }, this.limit);
    }

    private hear(message: FromWorker): void {
        if (message.kind === "progress") {
            this.listener.progress(message.loaded, message.what);
        } else if (message.kind === "ready") {
            this.isReady = true;
            // Where starting took long, everything does.
            this.limit = Math.max(LIMIT, Math.min(3 * message.milliseconds, 60_000));
            remember();
            this.listener.ready(message.milliseconds);
            if (this.current !== null) this.watch();
        } else if (message.kind === "failed") {
            this.listener.failed(message.message);
        } else if (message.id === this.current?.id) {
            clearTimeout(this.timer);
            const { done, failed } = this.current;
            this.current = null;
            if (message.kind === "answer") done(message.answer);
            else failed(new Error(message.message));
            this.next();
        }
    }
}

// Counting what is loaded keeps browsers from using what they compiled before, so it is done once.
const MARK = `composelint:${import.meta.url}`;

function wasHere(): boolean {
    try {
        return localStorage.getItem(MARK) !== null;
    } catch {
        return false;
    }
}

function remember(): void {
    try {
        localStorage.setItem(MARK, "1");
    } catch {
        // Storage may be switched off.
    }
}
