const { randomBytes } = require('node:crypto');
const { TestEnvironment } = require('jest-environment-node');
const pg = require('pg');

/** Gives each test file its own database as DATABASE_URL: a clone of the migrated template. */
module.exports = class PgEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.database = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
    await ask(`create database ${this.database} template ${process.env.TEST_PG_TEMPLATE}`);
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
