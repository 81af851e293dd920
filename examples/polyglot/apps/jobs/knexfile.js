module.exports = {
  development: {
    client: 'mysql2',
    connection: 'mysql://root:shop@127.0.0.1:13306/jobs',
  },
  production: {
    client: 'mysql2',
    connection: process.env.JOBS_DATABASE_URL,
  },
};
