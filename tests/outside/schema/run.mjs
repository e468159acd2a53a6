// Checks kemitraan's schema, documents for it, and its introspection with other people's programs.
//
//   node run.mjs [BINARY]      BINARY defaults to target/debug/kemitraan of this repository
//
// Prints a line for each group of checks. Exit code 1 at the first group that finds something, after all that it found.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coverage, diff, validate } from '@graphql-inspector/core';
import { GraphQLError, Kind, Source, buildSchema, parse, validate as validateDocument } from 'graphql';
import { start } from './demo.mjs';
import { exceptions } from './eslint.config.mjs';
import { QUERIES, QUERIES_2025, clients, detected, graphiql, oneOf, versions } from './introspection.mjs';
import { lintDocuments, lintSchema } from './lint.mjs';

const SHOWN = 20;
const ROLES = ['kemenkopukm', 'kemenperin', 'kemenbumn', 'bumn', 'auditor', 'admin'];

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../../..');
const binary = process.argv[2] ? resolve(process.argv[2]) : join(root, 'target/debug/kemitraan');
const temporary = mkdtempSync(join(tmpdir(), 'kemitraan-schemas-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

/** An error as it is printed: with its place in a document, its cause, or its stack where it is a fault here. */
function told(err) {
  if (err instanceof GraphQLError) {
    return String(err);
  }
  if (err.cause) {
    return `${err.message}: ${err.cause.message}`;
  }
  return err.constructor === Error ? err.message : err.stack;
}

/** Runs a group of checks, which gives what is wrong and what to say when nothing is. */
async function group(name, checks) {
  let wrong;
  let said;
  try {
    ({ wrong, said } = await checks());
  } catch (err) {
    wrong = [told(err)];
  }
  if (wrong.length > 0) {
    console.log(`FAILED ${name}`);
    wrong.slice(0, SHOWN).forEach((line) => console.log(`  ${line}`));
    if (wrong.length > SHOWN) {
      console.log(`  and ${wrong.length - SHOWN} more`);
    }
    process.exit(1);
  }
  console.log(`ok ${name}: ${said}`);
}

const each = async (items, check) => (await Promise.all(items.map(check))).flat();
const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const print = (...args) => execFileSync(binary, ['schema', ...args], { encoding: 'utf8' });
const wholeFile = join(root, 'schema.graphql');
const whole = { sdl: readFileSync(wholeFile, 'utf8') };
const roles = ROLES.map((name) => ({ name, file: join(temporary, `${name}.graphql`), sdl: '', documents: [] }));

await group('schemas, read by graphql-js', async () => {
  const wrong = [];
  if (print() !== whole.sdl) {
    wrong.push(`schema.graphql is not what ${binary} prints`);
  }
  for (const role of roles) {
    role.sdl = print('--role', role.name);
    writeFileSync(role.file, role.sdl);
  }
  for (const { name = 'whole', sdl } of [whole, ...roles]) {
    for (const js of versions) {
      const errors = js.validateSchema(js.buildSchema(sdl));
      wrong.push(...errors.map(({ message }) => `${name}, graphql ${js.version}: ${message}`));
    }
  }
  whole.schema = buildSchema(whole.sdl);
  roles.forEach((role) => {
    role.schema = buildSchema(role.sdl);
  });
  const by = versions.map((js) => js.version).join(' and ');
  return { wrong, said: `the whole one and ${roles.length} of roles, by versions ${by}` };
});

await group('schemas, linted', async () => {
  const wrong = await lintSchema(wholeFile, true);
  for (const role of roles) {
    wrong.push(...(await lintSchema(role.file)));
  }
  return { wrong, said: `${roles.length + 1} schemas, ${count(exceptions.length, 'named exception')}` };
});

await group('schemas of roles, held against the whole one', async () => {
  const wrong = await each(roles, async ({ name, schema }) => {
    const changes = await diff(whole.schema, schema);
    // A role that writes nothing has no Mutation.
    const more = changes.filter(({ type, message }) => !/_REMOVED$/.test(type) && !/ was removed\.$/.test(message));
    return more.map(({ message }) => `${name} has what the whole schema has not: ${message}`);
  });
  return { wrong, said: 'they leave out, and change nothing' };
});

await group('documents, valid in the schema of their role', async () => {
  const wrong = [];
  for (const role of roles) {
    const folder = join(here, 'documents', role.name);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.graphql')).sort()) {
      const source = new Source(readFileSync(join(folder, file), 'utf8'), `${role.name}/${file}`);
      role.documents.push({ name: source.name, file: join(folder, file), role, source, ast: parse(source) });
    }
    if (role.documents.length === 0) {
      wrong.push(`${folder} has no documents`);
      continue;
    }
    for (const { source, errors, deprecated } of validate(role.schema, role.documents.map(({ source }) => source))) {
      wrong.push(...[...errors, ...deprecated].map(({ message }) => `${source.name}: ${message}`));
    }
    wrong.push(...(await lintDocuments(role.file, role.documents.map(({ file }) => file))));
  }
  const sources = roles.flatMap((role) => role.documents).map(({ source }) => source);
  const fields = Object.entries(coverage(whole.schema, sources).types).flatMap(([type, { children }]) =>
    Object.entries(children).map(([field, { hits }]) => ({ coordinate: `${type}.${field}`, hits })));
  const asked = fields.filter(({ hits }) => hits > 0);
  return { wrong, said: `${sources.length}, which ask for ${asked.length} of the ${fields.length} fields` };
});

let demo;
await group('demo', async () => {
  demo = await start(binary);
  const wrong = [];
  for (const role of roles) {
    const tokens = demo.tokens.filter((token) => token.role === role.name.toUpperCase());
    role.token = tokens.find(({ level }) => level === 'APPROVER') ?? tokens[0];
    if (!role.token) {
      wrong.push(`tokens.json has no token whose role is ${role.name}`);
    }
  }
  return { wrong, said: `up, ${count(demo.tokens.length, 'token')}` };
});

// A document's variables, by their names. Those that are not here are left to their defaults.
const ids = (list) => [`{ ${list} { nodes { id } } }`, (data) => Object.values(data)[0].nodes[0]?.id];
const LOOKUPS = {
  memorandum: ids('memoranda(first: 1)'),
  milestone: ids('milestones(first: 1, filter: { status: [MET] })'),
  organisation: ids('organisations(first: 1, filter: { kind: [BUMN] })'),
  organisations: [
    '{ organisations(first: 3, filter: { kind: [BUMN] }) { nodes { id } } }',
    (data) => data.organisations.nodes.map(({ id }) => id),
  ],
  partner: ids('partners(first: 1)'),
  partnership: ids('partnerships(first: 1, filter: { status: [ACTIVE] })'),
  publicPartnership: ids('publicPartnerships(first: 1)'),
  quarter: ['{ quarters(first: 2) { nodes { code } } }', (data) => data.quarters.nodes[1]?.code],
  since: ['{ viewer { today } }', ({ viewer }) => `${viewer.today}T00:00:00+07:00`],
  nib: ['{ partners(first: 1) { nodes { nib } } }', (data) => data.partners.nodes[0]?.nib],
  input: [
    '{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }',
    ({ milestones: { nodes: [next] } }) => next && { id: next.id, expectedVersion: next.version },
  ],
};
LOOKUPS.subject = LOOKUPS.milestone;

async function variables({ name, ast, role }) {
  const given = {};
  const wanted = ast.definitions.flatMap((definition) => definition.variableDefinitions ?? []);
  for (const { variable, type, defaultValue } of wanted) {
    const [query, pick] = LOOKUPS[variable.name.value] ?? [];
    if (query) {
      const { status, data, errors } = await demo.ask(role.token, query);
      if (!data || errors) {
        throw new Error(`${name}: $${variable.name.value} cannot be looked up: ${status} ${JSON.stringify(errors)}`);
      }
      given[variable.name.value] = pick(data);
      if (given[variable.name.value] === undefined) {
        throw new Error(`${name}: nothing in the demo can be given for $${variable.name.value}`);
      }
    } else if (type.kind === Kind.NON_NULL_TYPE && !defaultValue) {
      throw new Error(`${name}: nothing is known to give for $${variable.name.value}`);
    }
  }
  return given;
}

const brief = ({ status, errors, data }) => `${status} ${JSON.stringify(errors ?? data).slice(0, 400)}`;
const documents = roles.flatMap((role) => role.documents);

await group('documents, answered to their role', async () => {
  const wrong = await each(documents, async (document) => {
    document.variables = await variables(document);
    const answer = await demo.ask(document.role.token, document.source.body, document.variables);
    const given = Object.values(answer.data ?? { nothing: null }).every((value) => value !== null);
    return answer.status === 200 && !answer.errors && given ? [] : [`${document.name}: ${brief(answer)}`];
  });
  return { wrong, said: `${documents.length} with 200, whole and without errors` };
});

await group('documents, sent with the tokens of the other roles', async () => {
  const wrong = [];
  let refused = 0;
  for (const { name, schema, token, documents: own } of roles) {
    const others = documents.filter((document) => !own.includes(document));
    const found = await each(others, async (document) => {
      const [invalid] = validateDocument(schema, document.ast);
      if (!invalid && document.ast.definitions.some(({ operation }) => operation === 'mutation')) {
        return [];
      }
      const answer = await demo.ask(token, document.source.body, document.variables);
      const codes = (answer.errors ?? []).map(({ extensions }) => extensions?.code);
      if (!invalid) {
        // What it asks for by id may be out of sight.
        return answer.status === 200 ? [] : [`${document.name} to ${name}, whose schema has it all: ${brief(answer)}`];
      }
      refused += 1;
      if (answer.status !== 403 || answer.data || codes.length === 0 || codes.some((code) => code !== 'FORBIDDEN')) {
        return [`${document.name} to ${name} (${invalid.message}): ${brief(answer)}`];
      }
      return answer.errors.map(({ extensions }) => extensions.coordinate ?? '').flatMap((coordinate) => {
        const [type, field] = coordinate.split('.');
        const has = schema.getType(type)?.getFields()[field];
        return has ? [`${document.name} to ${name}: refused for ${coordinate}, which its schema has`] : [];
      });
    });
    if (others.every((document) => validateDocument(schema, document.ast).length === 0)) {
      found.push(`no document has a field that ${name} does not reach`);
    }
    wrong.push(...found);
  }
  return { wrong, said: `${count(refused, 'time')} FORBIDDEN, and only for fields that are not in the role's schema` };
});

/** A group of checks that each role's token goes through. */
const introspection = (name, said, check) => group(`introspection, ${name}`, async () => {
  const wrong = await each(roles, async (role) => (await check(role)).map((fault) => `${role.name}: ${fault}`));
  return { wrong, said };
});

await introspection(`by graphql-js ${versions.map((js) => js.version).join(' and ')}`,
  `${QUERIES.length} queries, each gives the schema of the role`,
  ({ token, sdl }) => clients(demo, token, sdl, QUERIES));

await introspection('by GraphiQL', 'its fetcher, and what it asks for when it opens',
  ({ token, sdl }) => graphiql(demo, token, sdl, '{ viewer { role } }'));

await introspection('of itself', 'all that it says is there is answered',
  ({ token }) => detected(demo, token));

await introspection('of September 2025', 'isOneOf',
  async ({ token, sdl }) => [...(await oneOf(demo, token)), ...(await clients(demo, token, sdl, QUERIES_2025))]);

await group('demo', async () => {
  await demo.stop();
  return { wrong: [], said: 'ended' };
});
