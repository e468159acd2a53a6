// Runs graphql-eslint and takes out what eslint.config.mjs excepts by name.

import { basename, dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { Kind, parse } from 'graphql';
import { exceptions, forDocuments, forSchema, withoutId } from './eslint.config.mjs';

// The rules keep the types of the first schema that they see for the whole process, unless they are under test.
process.env.NODE_ENV = 'test';

async function lint(config, files) {
  const eslint = new ESLint({ cwd: dirname(files[0]), overrideConfigFile: true, overrideConfig: config });
  return eslint.lintFiles(files.map((file) => basename(file)));
}

const show = (file, { line, column, ruleId, message }) =>
  `${basename(file)}:${line}:${column} ${message.replace(/\s+/g, ' ')} (${ruleId ?? 'parser'})`;

/** Where each definition, field and argument of a schema stands, the outer before the inner. */
function places(text) {
  const found = [];
  const add = ({ loc }, at) => found.push({ at, start: loc.start, end: loc.end });
  for (const definition of parse(text).definitions) {
    const name = definition.name?.value;
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
      add(definition, `@${name}`);
      definition.arguments.forEach((argument) => add(argument, `@${name}(${argument.name.value}:)`));
    } else if (name) {
      add(definition, name);
      for (const field of definition.fields ?? definition.values ?? []) {
        add(field, `${name}.${field.name.value}`);
        field.arguments?.forEach((argument) => add(argument, `${name}.${field.name.value}(${argument.name.value}:)`));
      }
    }
  }
  return found;
}

/** What is wrong with a schema. `whole`: every exception must be one that the schema still needs. */
export async function lintSchema(file, whole = false) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const known = places(text);
  const needed = new Set();
  const wrong = [];
  const [{ messages }] = await lint(forSchema(file), [file]);
  for (const message of messages) {
    const offset = lines.slice(0, message.line - 1).reduce((sum, { length }) => sum + length + 1, message.column - 1);
    const at = known.findLast(({ start, end }) => start <= offset && offset < end)?.at;
    const exception = exceptions.find((known) => message.ruleId === `@graphql-eslint/${known.rule}` && known.at === at);
    if (exception) {
      needed.add(exception);
    } else {
      wrong.push(`${at ?? ''} ${show(file, message)}`.trim());
    }
  }
  if (whole) {
    const idle = exceptions.filter((exception) => !needed.has(exception));
    wrong.push(...idle.map(({ rule, at }) => `${at}: eslint.config.mjs excepts it from ${rule} without need`));
    const types = parse(text).definitions.filter(({ kind }) => kind === Kind.OBJECT_TYPE_DEFINITION);
    const lacking = types.filter(({ fields }) => !fields.some(({ name }) => name.value === 'id'));
    const idles = withoutId.filter((type) => !lacking.some(({ name }) => name.value === type));
    wrong.push(...idles.map((type) => `${type}: eslint.config.mjs lists it as without an id, and it is not`));
  }
  return wrong;
}

/** What is wrong with the documents of a folder. */
export async function lintDocuments(schema, files) {
  const folder = dirname(files[0]);
  const results = await lint(forDocuments(schema, join(folder, '*.graphql')), files);
  return results.flatMap(({ filePath, messages }) =>
    messages.map((message) => `${basename(folder)}/${show(filePath, message)}`));
}
