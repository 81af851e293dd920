module.exports = {
  development: {
    client: 'better-sqlite3',
    connection: { filename: './jobs.sqlite3' },
    useNullAsDefault: true,
    migrations: { directory: './migrations' },
  },
  production: {
    client: 'pg',
    connection: process.env.JOBS_DATABASE_URL,
  },
};
