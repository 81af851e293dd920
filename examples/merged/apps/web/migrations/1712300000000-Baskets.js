module.exports = class Baskets1712300000000 {
  async up(queryRunner) {
    await queryRunner.query('CREATE TABLE baskets (id BIGINT PRIMARY KEY, "user" BIGINT NOT NULL REFERENCES users)');
  }
  async down(queryRunner) {
    await queryRunner.query('DROP TABLE baskets');
  }
};
