// PostGraphile as its handbook sets it up: the Amber preset, one Node process, production mode. The caller's API key
// becomes `pgSettings`, so the same row-level security decides as for the hub.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { postgraphile } from "postgraphile";
import pg from "pg";

const [connectionString, port] = process.argv.slice(2);
const KEPT_MS = 10_000;
const pool = new pg.Pool({ connectionString, max: 4 });
const known = new Map();

async function settingsOf(key) {
  const digest = createHash("sha256").update(key).digest();
  const name = digest.toString("base64");
  const kept = known.get(name);
  if (kept && kept.until > Date.now()) return kept.settings;
  const tenant = Number(key.split("_")[2]);
  const { rows } = await pool.query("select hub_find_key($1, $2) as found", [tenant, digest]);
  if (!rows[0].found) throw new Error("unknown key");
  const found = rows[0].found;
  const { grant } = typeof found === "string" ? JSON.parse(found) : found;
  const settings =
    grant.tenant.kind === "KECAMATAN"
      ? { role: "hub_api", "hub.tenant": String(tenant) }
      : { role: "hub_outside", "hub.tenants": `{${grant.reach.map((each) => each.id).join(",")}}` };
  known.set(name, { settings, until: Date.now() + KEPT_MS });
  return settings;
}

const preset = {
  extends: [PostGraphileAmberPreset, PgAggregatesPreset],
  // Every index begins with the tenant, so the plugin would hide the orders that are indexed behind it.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ pool, schemas: ["public", "bench_peer"] })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false },
  grafast: {
    explain: false,
    async context({ node }) {
      const authorization = node?.req.headers.authorization ?? "";
      return { pgSettings: await settingsOf(authorization.replace(/^Bearer /, "")) };
    },
  },
};

const instance = postgraphile(preset);
const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await instance.createServ(grafserv).addTo(server);
server.listen(Number(port), "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
