module.exports = {
  up: (queryInterface, Sequelize) =>
    queryInterface.createTable('letters', {
      id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true },
      receiver: { type: Sequelize.STRING, allowNull: false },
    }),
  down: (queryInterface) => queryInterface.dropTable('letters'),
};
