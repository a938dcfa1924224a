// The audits of GraphQL over HTTP against a running hub: node audit.mjs URL [KEY]
// Prints a line for each; exits with 1 unless every one passes, be it a MUST, a SHOULD or a MAY.
import { serverAudits } from 'graphql-http';

const [url, key] = process.argv.slice(2);

function fetchFn(address, options = {}) {
  const headers = new Headers(options.headers);
  if (key) headers.set('authorization', `Bearer ${key}`);
  return fetch(address, { ...options, headers });
}

let failed = 0;
const audits = serverAudits({ url, fetchFn });
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== 'ok') failed += 1;
  console.log(`${result.status.padEnd(6)} ${audit.id} ${audit.name}${result.reason ? ` (${result.reason})` : ''}`);
}
console.log(`${audits.length - failed} of ${audits.length} audits passed`);
process.exitCode = failed ? 1 : 0;
