// Introspection as clients ask for it, held against the schema that `kemitraan schema` prints.

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import * as graphql16 from 'graphql';
import * as graphql17 from 'graphql17';

export const versions = [graphql16, graphql17];

const options = ['specifiedByUrl', 'directiveIsRepeatable', 'schemaDescription', 'inputValueDeprecation'];
const october2021 = Object.fromEntries(options.map((option) => [option, true]));

/** Queries of graphql-js, by its options: without any, with each alone, with all, and without descriptions. */
export const QUERIES = [{}, ...options.map((option) => ({ [option]: true })), october2021, { descriptions: false }];

/** The same for what the specification of September 2025 has added. */
export const QUERIES_2025 = [{ oneOf: true }, { ...october2021, oneOf: true }];

const printed = ({ lexicographicSortSchema, printSchema }, schema) => printSchema(lexicographicSortSchema(schema));

/** The first line in which two texts differ. */
function difference(got, expected) {
  const [ours, theirs] = [got.split('\n'), expected.split('\n')];
  const line = ours.findIndex((text, i) => text !== theirs[i]);
  return `line ${line + 1} is ${JSON.stringify(ours[line])} and should be ${JSON.stringify(theirs[line])}`;
}

const kept = new Map();

/** What a client of graphql-js learns of a schema by a query, printed. Kept: roles are alike, and the work is long. */
function expected(js, sdl, query) {
  const key = `${js.version}\n${query}\n${sdl}`;
  if (!kept.has(key)) {
    const { data } = js.graphqlSync({ schema: js.buildSchema(sdl), source: query });
    kept.set(key, printed(js, js.buildClientSchema(data)));
  }
  return kept.get(key);
}

const errorsOf = ({ status, errors }) => `${status} ${JSON.stringify(errors ?? '(no data)').slice(0, 400)}`;

/**
 * What is wrong with an answer to a query. What the query did not ask for cannot be in the client's schema, so the
 * answer is held against graphql-js's own to the same query; with everything asked for, against the schema itself.
 */
function faults(js, answer, query, sdl, everything = false) {
  if (answer.errors || !answer.data) {
    return [`refused: ${errorsOf(answer)}`];
  }
  const client = js.buildClientSchema(answer.data);
  const wrong = js.validateSchema(client).map(({ message }) => `invalid: ${message}`);
  const got = printed(js, client);
  const texts = [expected(js, sdl, query), ...(everything ? [printed(js, js.buildSchema(sdl))] : [])];
  const other = texts.find((text) => text !== got);
  return other === undefined ? wrong : [...wrong, `differs from the printed schema: ${difference(got, other)}`];
}

/** What is wrong with the answers to queries of each graphql-js. */
export async function clients(demo, token, sdl, queries) {
  const wrong = [];
  const answers = new Map();
  for (const js of versions) {
    for (const chosen of queries) {
      const query = js.getIntrospectionQuery(chosen);
      if (!answers.has(query)) {
        answers.set(query, await demo.ask(token, query));
      }
      const everything = options.every((option) => chosen[option]);
      const found = faults(js, answers.get(query), query, sdl, everything);
      const name = Object.keys(chosen).join(', ') || 'no options';
      wrong.push(...found.map((fault) => `graphql ${js.version} (${name}): ${fault}`));
    }
  }
  return wrong;
}

/** What GraphiQL does when it opens, with its own fetcher; `query` is sent as when its button is pressed. */
export async function graphiql(demo, token, sdl, query) {
  const wrong = [];
  const fetcher = createGraphiQLFetcher({ url: demo.url, fetch: demo.fetchAs(token) });
  const first = async (result) => {
    const got = await result;
    return got?.[Symbol.asyncIterator] ? (await got[Symbol.asyncIterator]().next()).value : got;
  };
  for (const props of [{}, { inputValueDeprecation: true, schemaDescription: true }]) {
    const { inputValueDeprecation = false, schemaDescription = false } = props;
    const introspection = graphql16.getIntrospectionQuery({ inputValueDeprecation, schemaDescription });
    // The second is what it falls back to where the answer to the first has no `data`.
    for (const source of [introspection, introspection.replace('subscriptionType { name }', '')]) {
      const answer = await first(fetcher({ query: source, operationName: 'IntrospectionQuery' }, {}));
      wrong.push(...faults(graphql16, answer, source, sdl).map((fault) => `GraphiQL's introspection: ${fault}`));
    }
  }
  const results = [].concat(await first(fetcher({ query }, { documentAST: graphql16.parse(query) })));
  if (results.length !== 1 || results[0].errors || !results[0].data) {
    wrong.push(`GraphiQL's request: ${JSON.stringify(results).slice(0, 400)}`);
  }
  return wrong;
}

/**
 * Careful clients ask what introspection has, and then for that. So all that it says of itself must be answered, by
 * whatever of `__Schema` leads there.
 */
export async function detected(demo, token) {
  const { data, ...refusal } = await demo.ask(token, graphql16.getIntrospectionQuery());
  if (!data) {
    return [`refused: ${errorsOf(refusal)}`];
  }
  const selection = (typeName, depth) => {
    const { fields } = data.__schema.types.find(({ name }) => name === typeName);
    return fields.flatMap(({ name, type, args }) => {
      let named = type;
      while (named.ofType) {
        named = named.ofType;
      }
      const given = args.some((arg) => arg.name === 'includeDeprecated') ? '(includeDeprecated: true)' : '';
      if (named.kind !== 'OBJECT') {
        return [`${name}${given}`];
      }
      return depth > 0 ? [`${name}${given} { ${selection(named.name, depth - 1)} }`] : [];
    }).join(' ');
  };
  const answer = await demo.ask(token, `{ __schema { ${selection('__Schema', 3)} } }`);
  return answer.errors || !answer.data ? [`what it says of itself is refused: ${errorsOf(answer)}`] : [];
}

/** `isOneOf` tells of input objects alone. */
export async function oneOf(demo, token) {
  const query = '{ __type(name: "__Type") { fields { name } } __schema { types { name kind isOneOf } } }';
  const answer = await demo.ask(token, query);
  if (answer.errors || !answer.data) {
    return [`refused: ${errorsOf(answer)}`];
  }
  const { __type, __schema } = answer.data;
  const wrong = __schema.types
    .filter(({ kind, isOneOf }) => (kind === 'INPUT_OBJECT' ? typeof isOneOf !== 'boolean' : isOneOf !== null))
    .map(({ name, isOneOf }) => `isOneOf of ${name} is ${isOneOf}`);
  return __type.fields.some(({ name }) => name === 'isOneOf') ? wrong : [...wrong, '__Type does not have isOneOf'];
}
