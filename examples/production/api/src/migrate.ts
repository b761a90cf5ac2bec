import { connect } from "./database.js";

const database = connect();
await database.query(
  "CREATE TABLE IF NOT EXISTS tickets (id bigserial PRIMARY KEY, event text NOT NULL)",
);
await database.end();
