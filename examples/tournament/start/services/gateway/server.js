// What browsers talk to: it hands requests on to the other services.
import http from "node:http";
import net from "node:net";

const port = Number(process.env.PORT ?? 3001);
const database = process.env.DB_HOST ?? "127.0.0.1";
const pairings = process.env.PAIRINGS_URL ?? "http://127.0.0.1:3002";

function answers(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    const end = (works) => () => {
      socket.destroy();
      resolve(works);
    };
    socket.on("connect", end(true));
    socket.on("error", end(false));
  });
}

const server = http.createServer(async (request, response) => {
  if (request.url === "/api/health") {
    response.writeHead((await answers(database, 5432)) ? 200 : 503).end();
    return;
  }
  const answer = await fetch(new URL(request.url, pairings)).catch(() => null);
  response.writeHead(answer?.status ?? 502).end(await answer?.text());
});

server.listen(port, "0.0.0.0");
process.on("SIGTERM", () => server.close());
