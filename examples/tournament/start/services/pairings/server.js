// Who plays whom in the next round.
import http from "node:http";

const port = Number(process.env.PORT ?? 3002);

const server = http.createServer((request, response) => {
  const isHealth = request.url === "/api/health";
  response.writeHead(200, { "content-type": "application/json" });
  response.end(isHealth ? "{}" : JSON.stringify([{ board: 1, white: "Ada", black: "Grace" }]));
});

server.listen(port, "0.0.0.0");
process.on("SIGTERM", () => server.close());
