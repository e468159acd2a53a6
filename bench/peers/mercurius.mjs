// Mercurius over pg: a resolver for each root field, a loader for each list, compiled documents (jit) as its documentation
// advises. Statements are prepared once a connection. The parts of our schema that are measured, with our names and
// cursors; no token, no narrowing, no journal.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

// Dates as the text that they are, counts as numbers.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const schema = `
    type Query { partnerships(first: Int!, after: String, filter: PartnershipFilter): PartnershipConnection! }
    input PartnershipFilter { status: [PartnershipStatus!] }
    enum PartnershipStatus { PROPOSED CURATION PREPARATION TRIAL ACTIVE SUSPENDED COMPLETED TERMINATED REJECTED }
    type PartnershipConnection { totalCount: Int! pageInfo: PageInfo! nodes: [Partnership!]! }
    type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Partnership {
        title: String! products: String! status: PartnershipStatus! batch: String! pattern: String! channel: String!
        organisation: Organisation! partners: [PartnershipPartner!]! milestones(first: Int!): MilestoneConnection!
    }
    type Organisation { code: String! name: String! }
    type PartnershipPartner { lead: Boolean! partner: Partner! }
    type Partner { name: String! }
    type MilestoneConnection { nodes: [Milestone!]! }
    type Milestone { title: String! status: String! dueOn: String! }
`;

const encode = ({ title, id }) => Buffer.from(JSON.stringify({ o: "TITLE", k: { s: title }, i: id })).toString("base64url");
const decode = (cursor) => {
    const { k, i } = JSON.parse(Buffer.from(cursor, "base64url"));
    return [k.s, i];
};

const resolvers = {
    Query: {
        async partnerships(_, { first, after, filter }) {
            const statuses = filter?.status ?? null;
            const where = statuses ? "status = ANY($2)" : "$2::text[] IS NULL";
            const beyond = after ? "AND (title, id) > ($3, $4)" : "";
            const nodes = await rows(
                `page ${where}${beyond}`,
                `SELECT id, title, products, status, batch, pattern, channel, organisation FROM partnership
                  WHERE ${where} ${beyond} ORDER BY title, id LIMIT $1`,
                [first + 1, statuses, ...(after ? decode(after) : [])],
            );
            const hasNextPage = nodes.length > first;
            nodes.length = Math.min(nodes.length, first);
            const pageInfo = {
                hasNextPage,
                hasPreviousPage: Boolean(after),
                startCursor: nodes.length ? encode(nodes[0]) : null,
                endCursor: nodes.length ? encode(nodes.at(-1)) : null,
            };
            return { nodes, pageInfo, where, statuses };
        },
    },
    PartnershipConnection: {
        totalCount: async ({ where, statuses }) =>
            (await rows(`count ${where}`, `SELECT count(*) AS n FROM partnership WHERE ${where.replace("$2", "$1")}`, [statuses]))[0].n,
    },
};

const grouped = (found, parent) => {
    const groups = new Map();
    for (const row of found) {
        const group = groups.get(row[parent]);
        if (group) group.push(row);
        else groups.set(row[parent], [row]);
    }
    return groups;
};

const loaders = {
    Partnership: {
        async organisation(queries) {
            const ids = [...new Set(queries.map(({ obj }) => obj.organisation))];
            const found = await rows(
                "organisations",
                `SELECT o.id, o.code, (SELECT name FROM organisation_name n WHERE n.organisation = o.id
                    AND (n.valid_from IS NULL OR n.valid_from <= current_date)
                    AND (n.valid_until IS NULL OR n.valid_until > current_date)
                    ORDER BY n.valid_from DESC NULLS LAST LIMIT 1) AS name
                   FROM organisation o WHERE o.id = ANY($1)`,
                [ids],
            );
            const byId = new Map(found.map((row) => [row.id, row]));
            return queries.map(({ obj }) => byId.get(obj.organisation));
        },
        async partners(queries) {
            const found = await rows(
                "partners",
                `SELECT pp.partnership, pp.lead, partner.name FROM partnership_partner pp JOIN partner ON partner.id = pp.partner
                  WHERE pp.partnership = ANY($1) ORDER BY pp.lead DESC, pp.id`,
                [queries.map(({ obj }) => obj.id)],
            );
            const groups = grouped(found, "partnership");
            return queries.map(({ obj }) =>
                (groups.get(obj.id) ?? []).map(({ lead, name }) => ({ lead, partner: { name } })),
            );
        },
        async milestones(queries) {
            const found = await rows(
                "milestones",
                `SELECT of.id AS partnership, m.title, m.status, m.due_on AS "dueOn" FROM partnership of
                  JOIN LATERAL (SELECT title, status, due_on FROM milestone WHERE milestone.partnership = of.id
                      ORDER BY due_on, id LIMIT $2) m ON true
                  WHERE of.id = ANY($1)`,
                [queries.map(({ obj }) => obj.id), queries[0].params.first],
            );
            const groups = grouped(found, "partnership");
            return queries.map(({ obj }) => ({ nodes: groups.get(obj.id) ?? [] }));
        },
    },
};

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false });
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
