const { randomBytes } = require('node:crypto');
const pg = require('pg');
const NodeEnvironment = require('./node-environment.cjs');

/** Gives each test file its own database as DATABASE_URL: a clone of the migrated template. */
module.exports = class PgEnvironment extends NodeEnvironment {
  async setup() {
    await super.setup();
    this.database = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
    // Copying the files takes a fifth of what writing each page to the log takes.
    await ask(`create database ${this.database} template ${process.env.TEST_PG_TEMPLATE} strategy file_copy`);
    this.global.process.env.DATABASE_URL = process.env.TEST_PG_URL + this.database;
  }

  async teardown() {
    if (this.database) await ask(`drop database if exists ${this.database} with (force)`);
    await super.teardown();
  }
};

async function ask(sql) {
  const client = new pg.Client({ connectionString: `${process.env.TEST_PG_URL}postgres` });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
