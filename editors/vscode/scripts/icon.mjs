/**
 * Draws the icon: three containers in a stack, and a tick.
 *
 * `node scripts/icon.mjs` writes media/icon.png; with --check it only says whether the file has these pixels.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';

const SIZE = 256;
const FINE = 4; // samples of a pixel in each direction
const FILE = new URL('../media/icon.png', import.meta.url);

const INK = [17, 34, 64];
const TICK = [46, 204, 113];
const BOXES = [
    { top: 46, color: [92, 164, 255] },
    { top: 106, color: [58, 131, 240] },
    { top: 166, color: [34, 98, 200] },
];

/** Whether a point is in a rectangle with round corners. */
function inBox(x, y, left, top, width, height, radius) {
    const dx = Math.max(left + radius - x, 0, x - (left + width - radius));
    const dy = Math.max(top + radius - y, 0, y - (top + height - radius));
    return dx * dx + dy * dy <= radius * radius;
}

/** The distance of a point from a line between two others. */
function fromLine(x, y, [ax, ay], [bx, by]) {
    const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
    const part = Math.min(1, Math.max(0, along));
    return Math.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay));
}

/** The colour at a point; null where nothing is. */
function colorAt(x, y) {
    if (!inBox(x, y, 8, 8, 240, 240, 48)) {
        return null;
    }
    const tick = Math.min(fromLine(x, y, [112, 176], [148, 212]), fromLine(x, y, [148, 212], [222, 118]));
    if (tick <= 13) {
        return TICK;
    }
    if (tick <= 23) {
        return INK;
    }
    for (const { top, color } of BOXES) {
        if (inBox(x, y, 40, top, 150, 48, 8)) {
            // The ribs of a container.
            const isRib = y > top + 11 && y < top + 37 && x > 54 && x < 176 && (x - 54) % 22 < 10;
            return isRib ? INK : color;
        }
    }
    return INK;
}

/** The rows of the picture as PNG stores them: a filter byte, then four bytes a pixel. */
function pixels() {
    const rows = Buffer.alloc(SIZE * (1 + SIZE * 4));
    for (let row = 0; row < SIZE; row += 1) {
        for (let column = 0; column < SIZE; column += 1) {
            const sum = [0, 0, 0];
            let covered = 0;
            for (let sample = 0; sample < FINE * FINE; sample += 1) {
                const color = colorAt(
                    column + ((sample % FINE) + 0.5) / FINE,
                    row + (Math.floor(sample / FINE) + 0.5) / FINE,
                );
                if (color) {
                    covered += 1;
                    color.forEach((value, index) => (sum[index] += value));
                }
            }
            const at = row * (1 + SIZE * 4) + 1 + column * 4;
            sum.forEach((value, index) => (rows[at + index] = covered ? Math.round(value / covered) : 0));
            rows[at + 3] = Math.round((255 * covered) / (FINE * FINE));
        }
    }
    return rows;
}

function crc(bytes) {
    let value = ~0;
    for (const byte of bytes) {
        value ^= byte;
        for (let bit = 0; bit < 8; bit += 1) {
            value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
        }
    }
    return ~value >>> 0;
}

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc(body), body.length + 4);
    return whole;
}

function png(rows) {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(SIZE, 0);
    header.writeUInt32BE(SIZE, 4);
    header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
    return Buffer.concat([
        Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(rows, { level: 9 })),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}

/** The rows in a file that was written by this script. */
function rowsIn(file) {
    const length = file.readUInt32BE(33);
    return inflateSync(file.subarray(41, 41 + length));
}

if (process.argv.includes('--check')) {
    if (!rowsIn(readFileSync(FILE)).equals(pixels())) {
        console.error('media/icon.png is not what scripts/icon.mjs draws');
        process.exit(1);
    }
} else {
    writeFileSync(FILE, png(pixels()));
}
