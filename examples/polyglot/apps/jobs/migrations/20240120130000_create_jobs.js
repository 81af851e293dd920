exports.up = (knex) =>
  knex.schema.createTable('jobs', (table) => {
    table.increments();
    table.string('kind').notNullable();
    table.timestamp('run_at').notNullable();
  });

exports.down = (knex) => knex.schema.dropTable('jobs');
