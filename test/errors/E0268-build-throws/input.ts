import { explicit, program } from 'kiln';
export default program({
  name: 'mine',
  params: {},
  build: () => {
    throw new TypeError('x is not a thing');
  },
  data: () => ({ arrays: {} }),
  reference: () => ({}),
});
