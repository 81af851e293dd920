module.exports = class Sessions1705060000000 {
  async up(queryRunner) {
    await queryRunner.query(
      'CREATE TABLE sessions (id UUID PRIMARY KEY, "user" BIGINT NOT NULL REFERENCES users, until TIMESTAMPTZ NOT NULL)',
    );
  }
  async down(queryRunner) {
    await queryRunner.query('DROP TABLE sessions');
  }
};
