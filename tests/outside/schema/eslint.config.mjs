// graphql-eslint's rules for the schema and for the documents, and what is excepted from them.

import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

const { configs, parser } = graphql;

// Types that are known by the object which holds them, or that ask for nothing to be kept under a key. Connections,
// edges and payloads are parts of one answer, and excepted by their suffix.
export const withoutId = [
  'AccessGrant', // a part of its table, known by its coordinate and role
  'AccessTable', // known by its hash
  'ActionAccess', // computed from the action and the id that were asked for
  'Assignment', // a part of its viewer
  'Baseline', // a part of its memorandum, known by what was measured and when
  'CalendarDay', // computed; known by its date
  'Change', // a part of its entry, known by its sequence and the row
  'Code', // a part of its list, and of what it is told of; known by `code`
  'CodeList', // known by its name, which is an enum's value
  'ExportedContact', // a contact with its value, in one answer
  'ExternalReference', // known by its system and value
  'FieldAccess', // computed from the coordinate that was asked for
  'FieldChange', // a part of its entry, known by its field
  'HistoryEntry', // an entry of the journal as one object tells it, known by its sequence there
  'IndicatorFigure', // computed; known by its quarter and indicator
  'IndicatorInfo', // known by its code, which is an enum's value
  'JournalChange', // a part of its entry, known by its position there
  'JournalEntry', // known by its sequence, by which the journal's hashes and `verify` know it as well
  'MemorandumSignatory', // a part of its memorandum
  'MilestoneCounts', // computed
  'OrganisationName', // a part of its organisation
  'OrganisationReporting', // computed; known by its organisation
  'OutcomeCounts', // computed
  'OverdueAge', // computed; known by its days
  'PageInfo', // fixed by the Relay specification
  'PartnerCorrection', // a part of its partner, known by its BUMN and when it was proposed
  'PartnershipCount', // computed; known by its status
  'PartnershipPartner', // known by its two ends
  'PartnershipValue', // an amount with its date and source
  'PlatformAccount', // known by its platform and account
  'ProgrammeSummary', // computed; there is one
  'ProgrammeValues', // computed
  'PublicPartner', // its name is all that it shows; an id would tell when it was recorded
  'QuarterAgreement', // a part of its quarter
  'Reschedule', // a part of its milestone, known by its number there
  'RateLimit', // computed; there is one for each token
  'ReadNoun', // a part of its record
  'ReadRecord', // known by its number, by which the log's hashes and `verify` know it as well
  'ReportingStatus', // computed; known by its quarter
  'Scorecard', // computed; known by its dimension and key
  'ScorecardFigure', // computed; known by its indicator
  'ScorecardValues', // computed
  'ValueSum', // computed
  'Viewer', // there is one
  'WorkItem', // computed; known by its kind and node
];

const wholeList = 'short by its nature, and read whole';
const shortcut = 'the shortcut past the edges that many clients expect; `edges` is there as well';

// What a rule says of one place, and why it stays. Options could only turn such a rule off for every place; a new
// list that is no page, for one, is to be thought about.
export const exceptions = [
  ...['AccessTable.added', 'AccessTable.removed', 'AccessTable.roles', 'ActionAccess.open', 'ReadRecord.nouns', 'ReadRecord.partners', 'SubjectExportPayload.contacts',
    'Assignment.organisations', 'Code.divisions', 'CodeList.codes', 'HistoryEntry.fields', 'Memorandum.baselines', 'Memorandum.objectives',
    'Memorandum.signatories', 'Milestone.availableActions', 'Milestone.dependsOn', 'Milestone.externalReferences', 'Milestone.rescheduleRequests', 'Obstacle.availableActions', 'Outcome.availableActions', 'Quarter.availableActions', 'Organisation.names',
    'Organisation.succeededBy', 'Organisation.succeeds', 'Partner.contacts', 'Partner.corrections', 'Partner.platformAccounts', 'Partnership.externalReferences', 'Outcome.revisions',
    'Partnership.availableActions', 'Partnership.partners', 'PublicPartnership.partnerNames', 'ProgrammeSummary.indicators', 'ProgrammeSummary.partnerships', 'Quarter.agreements', 'Quarter.waitingFor', 'Query.calendar', 'Query.codeLists', 'Query.indicators',
    'Query.overdueByAge', 'Query.scorecards', 'ReportingStatus.organisations', 'Scorecard.indicators',
  ].map((at) => ({ rule: 'relay-edge-types', at, why: wholeList })),
  { rule: 'relay-edge-types', at: 'JournalEntry.changes', why: 'hashed together, so that they are checked together' },
  ...['Certificate', 'Change', 'Clause', 'Comment', 'Delegation', 'Evidence', 'HistoryEntry', 'JournalEntry', 'Memorandum', 'Milestone', 'Obstacle', 'Organisation', 'Outcome', 'OutcomeRevision',
    'Partner', 'Partnership', 'PartnershipPartner', 'PublicPartnership', 'Quarter', 'ReadRecord', 'Succession', 'Token', 'WorkItem',
  ].map((noun) => ({ rule: 'relay-edge-types', at: `${noun}Connection.nodes`, why: shortcut })),
  { rule: 'alphabetize', at: 'Mutation.partnershipActivate', why: 'sorted by bytes, in which `partnerU…` comes first; the rule sorts as a dictionary does' },
  { rule: 'no-typename-prefix', at: 'Code.code', why: 'the code itself, named as in `Organisation.code`' },
  { rule: 'relay-edge-types', at: 'WorkItemEdge', why: 'known by its kind and node, see `withoutId`' },
  { rule: 'relay-edge-types', at: 'ChangeEdge', why: 'known by its entry and its row, see `withoutId`' },
  { rule: 'relay-edge-types', at: 'HistoryEntryEdge', why: 'an entry is known by its sequence, see `withoutId`' },
  { rule: 'relay-edge-types', at: 'JournalEntryEdge', why: 'an entry is known by its sequence, see `withoutId`' },
  { rule: 'relay-edge-types', at: 'ReadRecordEdge', why: 'a record is known by its number, see `withoutId`' },
  { rule: 'relay-edge-types', at: 'PartnershipPartnerEdge', why: 'known by its two ends, see `withoutId`' },
];

const on = (rules, ...options) =>
  Object.fromEntries(rules.map((rule) => [`@graphql-eslint/${rule}`, ['error', ...options]]));

const schemaRules = {
  ...configs['flat/schema-recommended'].rules,
  ...configs['flat/schema-relay'].rules,
  ...on(['description-style'], { style: 'block' }),
  ...on(['require-description'], {
    types: true,
    rootField: true,
    DirectiveDefinition: true,
    EnumValueDefinition: true,
    FieldDefinition: true,
    InputValueDefinition: true,
  }),
  ...on(['strict-id-in-types'], { exceptions: { types: withoutId, suffixes: ['Connection', 'Edge', 'Payload'] } }),
  // Beyond the two configurations. Those of `schema-all` that are left out: `no-root-type` forbids mutations,
  // `require-deprecation-date` wants an argument that the specification's @deprecated does not have,
  // `require-field-of-type-query-in-mutation-result` puts every query behind a write, and
  // `require-nullable-result-in-root` makes each client test for a page or a viewer that is always there.
  ...on(['alphabetize'], {
    fields: ['ObjectTypeDefinition', 'InterfaceTypeDefinition', 'InputObjectTypeDefinition'],
    values: true,
    arguments: ['FieldDefinition', 'DirectiveDefinition'],
  }),
  // The mutation is `camelCase` and the type `PascalCase`.
  ...on(['input-name'], { checkInputType: true, caseSensitiveInputType: false }),
  ...on(['no-scalar-result-type-on-mutation', 'require-nullable-fields-with-oneof', 'require-type-pattern-with-oneof']),
};

const documentRules = {
  ...configs['flat/operations-recommended'].rules,
  ...on(['require-description'], { OperationDefinition: true }),
};

const config = (rules, graphQLConfig) => [{
  files: ['**/*.graphql'],
  plugins: { '@graphql-eslint': graphql },
  languageOptions: { parser, parserOptions: { graphQLConfig } },
  linterOptions: { noInlineConfig: true },
  rules,
}];

export const forSchema = (schema) => config(schemaRules, { schema });
export const forDocuments = (schema, documents) => config(documentRules, { schema, documents });

export default forSchema(fileURLToPath(new URL('../../../schema.graphql', import.meta.url)));
