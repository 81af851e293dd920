exports.up = (knex) => knex.schema.alterTable('jobs', (table) => table.integer('tries').notNullable().defaultTo(0));

exports.down = (knex) => knex.schema.alterTable('jobs', (table) => table.dropColumn('tries'));
