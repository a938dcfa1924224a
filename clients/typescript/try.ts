/**
 * Asks a running hub every example operation through the generated client, as the audience it is written for, and
 * holds each answer against the contract.
 *
 *     node build/try.js http://127.0.0.1:8000/graphql .demo/demo-keys.json
 */
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type OperationDefinitionNode, buildSchema, parse } from "graphql";
import * as generated from "./generated/graphql.js";
import {
  type CreateCommitmentInput,
  type RegionCodesQuery,
  type TypedDocumentString,
  type WeaklyConnectedVillagesQuery,
  KecamatanProfileDocument,
  PublishedCommitmentsDocument,
  RecordCommitmentDocument,
  RegionCodesDocument,
  RegisterPartnerDocument,
  WeaklyConnectedVillagesDocument,
} from "./generated/graphql.js";
import { type Hub, Refused, ask } from "./hub.js";
import { faults } from "./shape.js";

interface Example {
  name: string;
  audience: string;
  variables: Record<string, unknown>;
}

type AnyDocument = TypedDocumentString<unknown, Record<string, unknown>>;

const CONTRACT = process.env["HUB_SCHEMA"] ?? "../../hub/schema/schema.graphql";
const EXAMPLES = process.env["HUB_EXAMPLES"] ?? "../../hub/schema/examples";

const PARTNER = "PKK Kecamatan Takisung";

const WRONG = [
  "data.kecamatan.name: null, which String! forbids",
  "data.kecamatan.website: missing",
  "data.kecamatan.serviceHours: missing",
  "data.kecamatan.profiles: missing",
  "data.kecamatan.extra: never asked for",
];

/** The examples as their files tell them. */
function examples(): Example[] {
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".graphql"));
  return files.sort().map((file) => {
    const text = readFileSync(join(EXAMPLES, file), "utf-8");
    const told = (name: string) => new RegExp(`^# ${name}: (.*)$`, "m").exec(text)?.[1];
    const operation = parse(text).definitions[0] as OperationDefinitionNode;
    return {
      name: operation.name?.value ?? file,
      audience: told("audience") ?? "public",
      variables: JSON.parse(told("variables") ?? "{}") as Record<string, unknown>,
    };
  });
}

/** The first key of each audience. */
function keys(file: string): Map<string, string> {
  const kept = JSON.parse(readFileSync(file, "utf-8")) as { audience: string; key: string }[];
  return new Map(kept.toReversed().map((each) => [each.audience, each.key]));
}

function documentOf(name: string): AnyDocument {
  const found = (generated as unknown as Record<string, AnyDocument | undefined>)[`${name}Document`];
  if (!found) throw new Error(`The generator has made nothing of ${name}.`);
  return found;
}

function hold(name: string, wrong: string[]): void {
  console.log(`  ${wrong.length ? "FAILED" : "ok"}  ${name}`);
  for (const each of wrong) console.log(`          ${each}`);
  if (wrong.length) process.exitCode = 1;
}

function differs(found: unknown, wanted: unknown): string[] {
  const [has, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  return has === should ? [] : [`${has} in place of ${should}`];
}

/** Every example, whatever it is, against the contract. */
async function everyExample(hub: (audience: string) => Hub): Promise<void> {
  const schema = buildSchema(readFileSync(CONTRACT, "utf-8"));
  for (const each of examples()) {
    const document = documentOf(each.name);
    const answer = await ask(hub(each.audience), document, each.variables);
    hold(each.name, faults(schema, document.toString(), answer));
  }
  const empty = faults(schema, KecamatanProfileDocument.toString(), { kecamatan: { name: null, extra: 1 } });
  hold("the checker sees what is wrong", differs(empty, WRONG));
}

/** As an application is written: the compiler knows the variables and the answer. */
async function asAnApplication(hub: (audience: string) => Hub): Promise<void> {
  const app = hub("front-end");
  const profile = await ask(app, KecamatanProfileDocument, { code: "63.01.01" });
  hold("typed: a kecamatan by its code", differs(profile.kecamatan?.name, "Takisung"));

  const weak: WeaklyConnectedVillagesQuery = await ask(app, WeaklyConnectedVillagesDocument, {
    connectivity: ["WEAK", "NONE"],
    first: 2,
  });
  const next = weak.villages?.pageInfo.hasNextPage ? weak.villages.pageInfo.endCursor : null;
  hold("typed: a page and where it ends", differs([weak.villages?.nodes.length, typeof next], [2, "string"]));

  const published = await ask(app, PublishedCommitmentsDocument);
  hold("typed: no variables to give", differs(Array.isArray(published.commitments?.nodes), true));

  const region: RegionCodesQuery = await ask(hub("dinas"), RegionCodesDocument, { code: "63.11" });
  hold("typed: a level of the tree", differs([region.region?.level, region.region?.parent?.code], ["REGENCY", "63"]));
}

/** A change: a key for the intention, sent again where no answer came; refusals are read from the payload. */
async function changes(hub: (audience: string) => Hub): Promise<void> {
  const officer = hub("officer");
  const input: CreateCommitmentInput = {
    idempotencyKey: randomUUID(),
    type: "SERVICE_PLEDGE",
    title: "Maklumat pelayanan (uji coba)",
    object: "Pelayanan administrasi",
    plannedOn: "2027-01-04",
  };
  const { createCommitment: made } = await ask(officer, RecordCommitmentDocument, { input });
  const { createCommitment: again } = await ask(officer, RecordCommitmentDocument, { input });
  const draft = [made.userErrors, made.replayed, made.commitment?.version, made.commitment?.plannedOn];
  hold("typed: a change is made", differs(draft, [[], false, 1, "2027-01-04"]));
  hold("typed: sent again it is told, not made", differs([again.replayed, again.commitment], [true, made.commitment]));

  const taken = { idempotencyKey: randomUUID(), name: PARTNER, kind: "PKK", level: "KECAMATAN" } as const;
  const { registerPartnerOrganization: no } = await ask(officer, RegisterPartnerDocument, { input: taken });
  const codes = no.userErrors.map((each) => each.code);
  hold("typed: a refusal is an answer", differs([codes, no.partnerOrganization], [["ORGANIZATION_EXISTS"], null]));
}

/** What an application meets when the hub says no. */
async function refusals(hub: (audience: string) => Hub): Promise<void> {
  const said = async (asked: Promise<unknown>) => asked.then(() => "answered", (error: unknown) => (error as Refused).code);
  const bad = { ...hub("front-end"), key: "hub_pub_1_not-a-key" };
  hold("refused: a bad key", differs(await said(ask(bad, PublishedCommitmentsDocument)), "KEY_MALFORMED"));
}

/** What the compiler must refuse; never called. */
export async function mistakes(app: Hub): Promise<void> {
  // @ts-expect-error the code is required
  await ask(app, KecamatanProfileDocument);
  // @ts-expect-error a code is text
  await ask(app, KecamatanProfileDocument, { code: 63 });
  // @ts-expect-error no such connectivity
  await ask(app, WeaklyConnectedVillagesDocument, { connectivity: ["SOMETIMES"] });
  // @ts-expect-error a change needs a key of its own
  await ask(app, RegisterPartnerDocument, { input: { name: PARTNER, kind: "PKK", level: "KECAMATAN" } });
  // @ts-expect-error the operation does not ask for the population of villages
  (await ask(app, WeaklyConnectedVillagesDocument, {})).villages?.nodes[0]?.population;
}

const [url, file] = process.argv.slice(2);
if (!url || !file) throw new Error("node build/try.js URL KEYS.json");
const kept = keys(file);
const hub = (audience: string): Hub => {
  const key = kept.get(audience);
  if (!key && audience !== "public") throw new Error(`There is no key for ${audience}.`);
  return key ? { url, key } : { url };
};
console.log(`TypeScript client, ${url}`);
await everyExample(hub);
await asAnApplication(hub);
await changes(hub);
await refusals(hub);
