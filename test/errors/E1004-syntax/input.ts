import { explicit, program } from 'kiln';
export default program({ name: 'mine'
