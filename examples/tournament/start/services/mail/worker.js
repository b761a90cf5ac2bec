// Sends the letters that wait in Redis.
import net from "node:net";

const socket = net.connect(6379, process.env.REDIS_HOST ?? "127.0.0.1");
socket.on("error", () => process.exit(1));
process.on("SIGTERM", () => socket.end());
