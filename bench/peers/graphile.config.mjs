// PostGraphile as its documentation has it for production: no GraphiQL, no watching, no explaining, one pool.
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

/** @type {GraphileConfig.Preset} */
export default {
    extends: [PostGraphileAmberPreset],
    pgServices: [
        makePgService({
            connectionString: process.env.DATABASE_URL,
            schemas: ["public"],
            poolConfig: { max: 16 },
        }),
    ],
    grafserv: {
        host: "127.0.0.1",
        port: Number(process.env.PORT),
        graphiql: false,
        watch: false,
        maxRequestLength: 262144,
    },
    grafast: { explain: false },
    // Relations whose foreign key no index begins with are wanted too: those by (partnership, organisation) are served by one
    // on the partnership.
    disablePlugins: ["PgIndexBehaviorsPlugin"],
    // Plain lists beside connections, so that partners are a list as they are elsewhere.
    schema: { defaultBehavior: "list connection -insert -update -delete" },
};
