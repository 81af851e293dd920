exports.seed = async (knex) => {
  await knex('jobs').del();
  await knex('jobs').insert([{ kind: 'send-invoices', run_at: '2030-01-01 06:00:00' }]);
};
