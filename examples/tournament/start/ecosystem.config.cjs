// What PM2 runs on the host.
module.exports = {
  apps: [
    { name: "gateway", cwd: "services/gateway", script: "server.js", env: { PORT: 3001 } },
    { name: "pairings", cwd: "services/pairings", script: "server.js", env: { PORT: 3002 } },
    { name: "mail", cwd: "services/mail", script: "worker.js" },
  ],
};
