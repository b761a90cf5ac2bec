import { readFileSync } from "node:fs";
import pg from "pg";

/** Connections to the database; the password comes from the secret's file. */
export function connect(): pg.Pool {
  const file = process.env.DB_PASSWORD_FILE ?? "/run/secrets/db_password";
  return new pg.Pool({
    host: process.env.DB_HOST,
    user: "tickets",
    database: "tickets",
    password: readFileSync(file, "utf8").trim(),
  });
}
