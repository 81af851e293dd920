const { DataSource } = require('typeorm');

module.exports = new DataSource({
  type: 'postgres',
  url: process.env.WEB_DATABASE_URL || 'postgresql://shop:shop@localhost:15432/web',
  entities: [],
  migrations: ['migrations/*.js'],
});
