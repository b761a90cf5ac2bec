/** How often a server ended by itself; one that keeps ending is not started again. */

export class Crashes {
    private times: number[] = [];

    /** Gives up after more than `most` in `within` milliseconds. */
    constructor(
        private readonly most = 3,
        private readonly within = 3 * 60_000,
    ) {}

    /** Note one; whether the server is to be started again. */
    note(now: number): boolean {
        this.times = [...this.times.filter((time) => now - time < this.within), now];
        return this.times.length <= this.most;
    }
}
