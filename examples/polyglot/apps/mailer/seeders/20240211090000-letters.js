module.exports = {
  up: (queryInterface) => queryInterface.bulkInsert('letters', [{ receiver: 'ada' }, { receiver: 'grace' }]),
  down: (queryInterface) => queryInterface.bulkDelete('letters', null, {}),
};
