exports.up = (knex) => knex.schema.alterTable('jobs', (table) => table.index(['run_at'], 'jobs_run_at'));

exports.down = (knex) => knex.schema.alterTable('jobs', (table) => table.dropIndex(['run_at'], 'jobs_run_at'));
