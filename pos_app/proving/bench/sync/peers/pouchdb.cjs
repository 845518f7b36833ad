/* PouchDB replicating a scene's documents: `node pouchdb.cjs SCENE` in a folder that has pouchdb and express-pouchdb.
 *
 * A server process answers over loopback HTTP from LevelDB; this one replicates from it into LevelDB, as a register
 * would. Asked `bootstrap`, `delta COUNT` or `push COUNT` it answers nanoseconds, once all of it is there.
 */
const { fork } = require("node:child_process");
const { mkdtempSync, readFileSync, rmSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { join } = require("node:path");
const from = (name) => require(require.resolve(name, { paths: [process.cwd()] }));
const PouchDB = from("pouchdb");
const AT_A_TIME = 1000;
const [, , scene, role, folder] = process.argv;

async function fill(db, documents) {
  for (let first = 0; first < documents.length; first += AT_A_TIME) {
    const said = await db.bulkDocs(documents.slice(first, first + AT_A_TIME));
    const wrong = said.find((each) => each.error);
    if (wrong) throw new Error(JSON.stringify(wrong));
  }
}

async function change(db, count) {
  const { rows } = await db.allDocs({ limit: count, include_docs: true });
  await fill(db, rows.map(({ doc }) => ({ ...doc, unit: `${doc.unit}.` })));
}

async function serve() {
  const Stored = PouchDB.defaults({ prefix: join(folder, "/") });
  const goods = new Stored("goods");
  await fill(goods, readFileSync(scene, "utf-8").trimEnd().split("\n").map((line) => JSON.parse(line)));
  process.on("message", async (count) => process.send({ changed: await change(goods, count) ?? count }));
  process.on("disconnect", () => process.exit());
  const app = from("express")();
  app.use("/", from("express-pouchdb")(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: join(folder, "log") }));
  const listener = app.listen(0, "127.0.0.1", () => process.send({ port: listener.address().port }));
}

async function replicate() {
  const place = mkdtempSync(join(process.cwd(), "run-"));
  const server = fork(__filename, [scene, "serve", place], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const heard = () => new Promise((done) => server.once("message", done));
  const end = () => { server.kill(); rmSync(place, { recursive: true, force: true }); process.exit(); };
  server.once("exit", end);
  const { port } = await heard();
  const remote = (name) => new PouchDB(`http://127.0.0.1:${port}/${name}`);
  const Local = PouchDB.defaults({ prefix: join(place, "local-") });
  let turn = 0;
  let goods;
  const timed = async (work) => {
    const begun = process.hrtime.bigint();
    const { docs_written: written } = await work();
    return `${process.hrtime.bigint() - begun} ${written}`;
  };
  const down = () => goods.replicate.from(remote("goods"), { batch_size: AT_A_TIME });
  const answers = {
    async bootstrap() {
      goods = new Local(`goods-${++turn}`);
      return timed(down);
    },
    async delta(count) {
      server.send(count);
      await heard();
      return timed(down);
    },
    async push(count) {
      const outbox = new Local(`outbox-${++turn}`);
      const text = "x".repeat(200);
      await fill(outbox, Array.from({ length: count }, (_, at) => ({ _id: `${String(at).padStart(9, "0")}`, text })));
      return timed(() => outbox.replicate.to(remote(`outbox-${turn}`), { batch_size: 50 }));
    },
  };
  console.log(`PouchDB ${from("pouchdb/package.json").version}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, count] = line.split(" ");
    console.log(await answers[what](Number(count)));
  }
  end();
}

(role === "serve" ? serve() : replicate()).catch((error) => { console.error(error); process.exit(1); });
