import { nothing } from './missing.ts';
export default nothing;
