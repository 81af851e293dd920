module.exports = {
  up: (queryInterface, Sequelize) => queryInterface.addColumn('letters', 'sent_at', { type: Sequelize.DATE }),
  down: (queryInterface) => queryInterface.removeColumn('letters', 'sent_at'),
};
