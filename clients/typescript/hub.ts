/** The whole client: one function that knows, from the document, what to send and what comes back. */
import type { TypedDocumentString } from "./generated/graphql.js";

export interface Hub {
  /** Such as https://hub.example.go.id/graphql. */
  url: string;
  /** An API key, hub_pub_… in a browser, hub_sec_… on a server; none for published data. */
  key?: string;
  /** Code of the kecamatan, where no key says it. */
  tenant?: string;
  /** Language of refusals. */
  language?: "id" | "en";
}

/** The hub's "no". `code` never changes, the sentence is for people. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    sentence: string,
    readonly path: readonly (string | number)[] = [],
  ) {
    super(sentence);
  }
}

interface Body<Answer> {
  data?: Answer | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
}

type Given<Variables> = Variables extends Record<string, never> ? [] : [variables: Variables];

/** Refused where the hub says no; a TypeError of fetch where it cannot be reached. */
export async function ask<Answer, Variables>(
  hub: Hub,
  document: TypedDocumentString<Answer, Variables>,
  ...[variables]: Given<Variables>
): Promise<Answer> {
  const response = await fetch(hub.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json",
      "Accept-Language": hub.language ?? "id",
      ...(hub.key ? { Authorization: `Bearer ${hub.key}` } : {}),
      ...(hub.tenant ? { "Hub-Tenant": hub.tenant } : {}),
    },
    body: JSON.stringify({ query: document.toString(), variables: variables ?? {} }),
  });
  const body = (await response.json()) as Body<Answer>;
  const [error] = body.errors ?? [];
  if (error) throw new Refused(error.extensions?.code ?? `HTTP_${response.status}`, error.message, error.path);
  if (!body.data) throw new Refused(`HTTP_${response.status}`, "The answer has no data.");
  return body.data;
}
