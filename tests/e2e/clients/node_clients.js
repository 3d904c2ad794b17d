// Runs the trials of three clients: a JSON array on standard input, a JSON object a line as output.
import { QueryEngine } from "@comunica/query-sparql";
import { SparqlEndpointFetcher } from "fetch-sparql-endpoint";
import ParsingClient from "sparql-http-client/ParsingClient.js";

const array = async (stream) => {
  const items = [];
  for await (const item of await stream) items.push(item);
  return items;
};
const engine = new QueryEngine();
const sources = ({ endpoint }) => ({ sources: [{ type: "sparql", value: endpoint }] });
const fetcher = ({ method }) => new SparqlEndpointFetcher({ method });
const operation = { GET: "get", POST: "postUrlencoded", DIRECT: "postDirect" };
const client = ({ endpoint }) => new ParsingClient({ endpointUrl: endpoint });
const as = ({ method }) => ({ operation: operation[method] });

const clients = {
  Comunica: {
    SELECT: async (t) => (await array(engine.queryBindings(t.query, sources(t)))).length,
    ASK: async (t) => Number(await engine.queryBoolean(t.query, sources(t))),
    GRAPH: async (t) => (await array(engine.queryQuads(t.query, sources(t)))).length,
  },
  "fetch-sparql-endpoint": {
    SELECT: async (t) => (await array(fetcher(t).fetchBindings(t.endpoint, t.query))).length,
    ASK: async (t) => Number(await fetcher(t).fetchAsk(t.endpoint, t.query)),
    GRAPH: async (t) => (await array(fetcher(t).fetchTriples(t.endpoint, t.query))).length,
  },
  "sparql-http-client": {
    SELECT: async (t) => (await client(t).query.select(t.query, as(t))).length,
    ASK: async (t) => Number(await client(t).query.ask(t.query, as(t))),
    GRAPH: async (t) => [...(await client(t).query.construct(t.query, as(t)))].length,
  },
};

let text = "";
for await (const chunk of process.stdin) text += chunk;
for (const trial of JSON.parse(text)) {
  let size;
  try {
    const form = { CONSTRUCT: "GRAPH", DESCRIBE: "GRAPH" }[trial.operation] ?? trial.operation;
    size = await clients[trial.client][form](trial);
  } catch (error) {
    size = String(error).split("\n")[0].slice(0, 120);
  }
  console.log(JSON.stringify({ key: trial.key, size }));
}
process.exit(0);
