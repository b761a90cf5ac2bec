import { createServer } from "node:http";
import { connect } from "./database.js";

const database = connect();

const server = createServer(async (request, response) => {
  try {
    if (request.url === "/healthz") {
      await database.query("SELECT 1");
      response.writeHead(200).end("ok\n");
      return;
    }
    const { rows } = await database.query("SELECT id, event FROM tickets ORDER BY id");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(rows));
  } catch {
    response.writeHead(503).end();
  }
});

server.listen(Number(process.env.PORT ?? 3000));
process.on("SIGTERM", () => server.close(() => database.end()));
