module.exports = class Users1704450000000 {
  async up(queryRunner) {
    await queryRunner.query('CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL UNIQUE)');
  }
  async down(queryRunner) {
    await queryRunner.query('DROP TABLE users');
  }
};
